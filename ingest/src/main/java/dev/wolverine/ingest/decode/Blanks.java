package dev.wolverine.ingest.decode;

import java.util.Arrays;

/**
 * Where the {@linkplain NarrowField narrow numbers} of a body stand, in their order in the body.
 * For one thread.
 */
final class Blanks {

    /** More has no client: who sends more is decoded each time. */
    private static final int MOST = 32;

    private static final int USUAL = 12;

    private BlankForm[] forms = new BlankForm[USUAL];
    private NarrowField[] fields = new NarrowField[USUAL];
    private int[] starts = new int[USUAL];
    private int[] ends = new int[USUAL];
    private int count;

    /**
     * Adds one.
     *
     * @param start of its first byte, from the beginning of the body
     * @param end behind its last
     */
    void add(NarrowField field, BlankForm form, int start, int end) {
        if (count == fields.length) {
            forms = Arrays.copyOf(forms, 2 * count);
            fields = Arrays.copyOf(fields, 2 * count);
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        forms[count] = form;
        fields[count] = field;
        starts[count] = start;
        ends[count] = end;
        count = Math.min(count + 1, MOST);
    }

    int count() {
        return count;
    }

    boolean isTooMany() {
        return count >= MOST;
    }

    BlankForm form(int number) {
        return forms[number];
    }

    NarrowField field(int number) {
        return fields[number];
    }

    int start(int number) {
        return starts[number];
    }

    int end(int number) {
        return ends[number];
    }
}
