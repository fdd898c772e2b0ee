package dev.wolverine.db.model;

/** What a check of an organisation's audit log says. */
public sealed interface AuditVerdict {

    /**
     * Every record is there and as it was written.
     *
     * @param records how many; also the number of the last
     * @param head hash of the last; zeros where there is none
     */
    record Intact(long records, byte[] head) implements AuditVerdict {}

    /**
     * @param sequence the first record that is not as it was written, or is gone
     * @param reason a sentence
     */
    record Broken(long sequence, String reason) implements AuditVerdict {}
}
