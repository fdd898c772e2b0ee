package dev.wolverine.ingest.decode;

/** A beat of `wolverine.v1`, of which it is known that it is one. For one thread. */
public interface ProtoBeat {

    /**
     * What it says.
     *
     * @throws UndecodableBeat if a text or a key is beyond the limits that JSON has
     */
    DecodedBeat decode() throws UndecodableBeat;

    /** The message, serialised. */
    byte[] body();
}
