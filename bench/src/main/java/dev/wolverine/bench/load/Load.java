package dev.wolverine.bench.load;

/** Connections to the platform that carry beats. */
public interface Load extends AutoCloseable {

    /** Whose beats it carries. */
    int instances();

    /**
     * From now on each beat that is answered makes room for the next. Where beats were refused,
     * their connection rests until this is called again.
     *
     * @param window beats of one connection under way
     */
    void sendFlatOut(int window);

    /** From now on beats are sent by {@link #send} alone. */
    void rest();

    /**
     * Sends the next beat.
     *
     * @param dueNanos when it should have been sent: from then on its latency counts
     * @return false if so many are unanswered that it was not sent
     */
    boolean send(long dueNanos);

    @Override
    void close() throws InterruptedException;
}
