package dev.wolverine.alerts.leak;

/** Hours, seen through the ring of their quarters. */
record Hours(FloorRing quarters) implements Buckets {

    private static final int QUARTERS = 4;

    @Override
    public int bucketSeconds() {
        return QUARTERS * quarters.bucketSeconds();
    }

    @Override
    public long newest() {
        return Math.floorDiv(quarters.newest(), QUARTERS);
    }

    @Override
    public long oldest() {
        return Math.ceilDiv(quarters.oldest(), QUARTERS);
    }

    @Override
    public int changes() {
        return quarters.changes();
    }

    @Override
    public int floor(long bucket) {
        int floor = NONE;
        for (long quarter = bucket * QUARTERS; quarter < (bucket + 1) * QUARTERS; quarter++) {
            int other = quarters.floor(quarter);
            floor = floor == NONE || other != NONE && other < floor ? other : floor;
        }
        return floor;
    }

    @Override
    public int count(long bucket) {
        int count = 0;
        for (long quarter = bucket * QUARTERS; quarter < (bucket + 1) * QUARTERS; quarter++) {
            count += quarters.count(quarter);
        }
        return count;
    }

    @Override
    public byte life(long bucket) {
        byte life = 0;
        for (long quarter = bucket * QUARTERS; quarter < (bucket + 1) * QUARTERS; quarter++) {
            if (quarters.floor(quarter) == NONE) {
                continue;
            }
            byte other = quarters.life(quarter);
            if (other == 0 || life != 0 && other != life) {
                return 0;
            }
            life = other;
        }
        return life;
    }
}
