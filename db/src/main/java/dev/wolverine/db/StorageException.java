package dev.wolverine.db;

/** Something that only the storage can be blamed for. */
public sealed class StorageException extends RuntimeException
        permits StorageException.Unavailable, StorageException.RejectedData {

    private static final long serialVersionUID = 1;

    private StorageException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * The storage could not be reached, or its answer was lost: the work may or may not be done.
     * Worth trying again.
     */
    public static final class Unavailable extends StorageException {
        private static final long serialVersionUID = 1;

        public Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * The storage refused the data itself, and nothing was stored: the same data will be refused
     * again.
     */
    public static final class RejectedData extends StorageException {
        private static final long serialVersionUID = 1;

        public RejectedData(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
