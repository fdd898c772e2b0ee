package dev.wolverine.bench.fleet;

/**
 * When an instance's processes were started. All times are seconds of the simulation; negative ones
 * lie before its beginning. Implementations are immutable.
 */
sealed interface Lives {

    /** Start of the runner that is alive in this second. */
    long runnerStart(long second);

    /** Start of the runner's child that is alive in this second. */
    long childStart(long second);

    /** Crashes of the child from the simulation's beginning to this second. */
    long crashes(long second);

    /** Never restarted. */
    record Steady(long start) implements Lives {
        @Override
        public long runnerStart(long second) {
            return start;
        }

        @Override
        public long childStart(long second) {
            return start;
        }

        @Override
        public long crashes(long second) {
            return 0;
        }
    }

    /** Runner and child are replaced by each deployment. */
    record Deployed(long start, long firstDeployment, long between) implements Lives {
        @Override
        public long runnerStart(long second) {
            return second < firstDeployment
                    ? start
                    : second - Math.floorMod(second - firstDeployment, between);
        }

        @Override
        public long childStart(long second) {
            return runnerStart(second);
        }

        @Override
        public long crashes(long second) {
            return 0;
        }
    }

    /**
     * The runner replaces its child at nearly regular times, of which {@code oneRestart} is one.
     */
    record Recycled(long runner, long oneRestart, long between, Chance chance) implements Lives {
        @Override
        public long runnerStart(long second) {
            return runner;
        }

        @Override
        public long childStart(long second) {
            long number = Math.floorDiv(second - oneRestart, between);
            long latest = restart(number) <= second ? restart(number) : restart(number - 1);
            return Math.max(runner, latest);
        }

        @Override
        public long crashes(long second) {
            return 0;
        }

        private long restart(long number) {
            return oneRestart + number * between + chance.below(number, (int) (between / 20) + 1);
        }
    }

    /**
     * The child crashes about once a {@code life}, in episodes: {@code loud} seconds of crashing,
     * then {@code quiet} seconds of none.
     */
    record CrashLooping(long runner, long onset, long life, long loud, long quiet, Chance chance)
            implements Lives {
        @Override
        public long runnerStart(long second) {
            return runner;
        }

        @Override
        public long childStart(long second) {
            long number = crashes(second);
            return number == 0 ? runner : crash(number - 1);
        }

        @Override
        public long crashes(long second) {
            if (second < onset) {
                return 0;
            }
            long episode = (second - onset) / (loud + quiet);
            long within = Math.min((second - onset) % (loud + quiet), livesPerEpisode() * life - 1);
            long number = episode * livesPerEpisode() + within / life;
            return crash(number) <= second ? number + 1 : number;
        }

        /** Whether the child keeps crashing in this second. */
        boolean crashing(long second) {
            return second >= onset && (second - onset) % (loud + quiet) < loud;
        }

        private long crash(long number) {
            long episode = number / livesPerEpisode();
            long within = number % livesPerEpisode();
            return onset
                    + episode * (loud + quiet)
                    + within * life
                    + chance.below(number, (int) (life / 2));
        }

        private long livesPerEpisode() {
            return loud / life;
        }
    }
}
