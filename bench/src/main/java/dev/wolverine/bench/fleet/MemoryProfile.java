package dev.wolverine.bench.fleet;

/**
 * The upper edge of an instance's memory, in megabytes, over seconds of the simulation: samples lie
 * at or below it, so that its own maximum is the peak. Implementations are immutable.
 */
sealed interface MemoryProfile {

    /** The edge in one second of a child's life. */
    double at(long second, long childStart);

    /** The edge's maximum over one child's life up to this second. */
    double peak(long second, long childStart);

    record Flat(double base) implements MemoryProfile {
        @Override
        public double at(long second, long childStart) {
            return base;
        }

        @Override
        public double peak(long second, long childStart) {
            return base;
        }
    }

    /** Climbs by {@code height} within {@code period} seconds, and falls back. */
    record SawTooth(double base, double height, long period) implements MemoryProfile {
        @Override
        public double at(long second, long childStart) {
            return base + height * Math.floorMod(second - childStart, period) / period;
        }

        @Override
        public double peak(long second, long childStart) {
            return second - childStart >= period ? base + height : at(second, childStart);
        }
    }

    /** Follows the day; highest in the second {@code noon} of each. */
    record Diurnal(double base, double height, long noon) implements MemoryProfile {
        private static final long DAY = 86_400;

        @Override
        public double at(long second, long childStart) {
            return base + height * (1 + Math.cos(2 * Math.PI * (second - noon) / DAY)) / 2;
        }

        @Override
        public double peak(long second, long childStart) {
            long lastNoon = second - Math.floorMod(second - noon, DAY);
            return lastNoon >= childStart
                    ? base + height
                    : Math.max(at(childStart, childStart), at(second, childStart));
        }
    }

    /** Fills by {@code height}, to 63 % within {@code seconds}. */
    record CacheFill(double base, double height, double seconds) implements MemoryProfile {
        @Override
        public double at(long second, long childStart) {
            return base + height * (1 - Math.exp(-(second - childStart) / seconds));
        }

        @Override
        public double peak(long second, long childStart) {
            return at(second, childStart);
        }
    }

    /** Flat within a life; each life needs something else. */
    record Stepped(double base, double height, Chance chance) implements MemoryProfile {
        @Override
        public double at(long second, long childStart) {
            return base + height * chance.unit(childStart);
        }

        @Override
        public double peak(long second, long childStart) {
            return at(second, childStart);
        }
    }

    /** Grows by {@code megabytesPerHour} as long as the child lives. */
    record Linear(double base, double megabytesPerHour) implements MemoryProfile {
        @Override
        public double at(long second, long childStart) {
            return base + megabytesPerHour * (second - childStart) / 3600;
        }

        @Override
        public double peak(long second, long childStart) {
            return at(second, childStart);
        }
    }

    /** Grows by {@code step} megabytes each {@code seconds}. */
    record Staircase(double base, double step, long seconds) implements MemoryProfile {
        @Override
        public double at(long second, long childStart) {
            return base + step * ((second - childStart) / seconds);
        }

        @Override
        public double peak(long second, long childStart) {
            return at(second, childStart);
        }
    }
}
