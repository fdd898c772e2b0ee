package dev.wolverine.ingest;

/** Something that stays open by a key, and must not outlive it. Called from any thread. */
public interface KeyHolder {

    /** The key is no good any more: what it holds open is closed. */
    void keyEnded(String keyId);

    /** The key writes for another instance now: what it holds open begins anew. */
    void keyRebound(String keyId);
}
