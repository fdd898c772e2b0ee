package dev.wolverine.alerts.leak;

/** The lowest memory of each of the last so many stretches of time. */
interface Buckets {

    /** What a bucket without samples has for a floor. */
    int NONE = -1;

    int bucketSeconds();

    default long bucketOf(long second) {
        return Math.floorDiv(second, bucketSeconds());
    }

    long newest();

    /** The first bucket that is still kept. */
    long oldest();

    /** Grows with every sample that came late for its bucket. */
    int changes();

    /** Megabytes; {@link #NONE} where no sample is kept. */
    int floor(long bucket);

    /** How many samples. */
    int count(long bucket);

    /** The process of a bucket; 0 if it has none or several. */
    byte life(long bucket);

    /** Whether all samples of a bucket are of this process. */
    default boolean isOf(long bucket, byte life) {
        return life(bucket) == life;
    }
}
