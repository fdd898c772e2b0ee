package dev.wolverine.bench.load;

import java.nio.charset.StandardCharsets;

/** How the numbers of a prepared body are written over in place: always in the same width. */
public enum BodyFormat {
    /** Varints of four bytes (six for a time), doubles. */
    PROTOBUF {
        @Override
        byte[] count(long value) {
            return varint(value);
        }

        @Override
        byte[] money(long micros) {
            byte[] bytes = new byte[Long.BYTES];
            writeMoney(bytes, 0, micros);
            return bytes;
        }

        @Override
        void writeCount(byte[] body, int at, long value) {
            long rest = value;
            int i = at;
            while (rest > 0x7F) {
                body[i++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            body[i] = (byte) rest;
        }

        @Override
        void writeMoney(byte[] body, int at, long micros) {
            long bits = Double.doubleToRawLongBits(micros / 1e6);
            for (int i = 0; i < Long.BYTES; i++) {
                body[at + i] = (byte) (bits >>> 8 * i);
            }
        }

        private byte[] varint(long value) {
            byte[] bytes = new byte[(63 - Long.numberOfLeadingZeros(value)) / 7 + 1];
            writeCount(bytes, 0, value);
            return bytes;
        }
    },

    /**
     * Eight digits (thirteen for a time), money with four digits before the point and six behind.
     */
    JSON {
        @Override
        byte[] count(long value) {
            return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        byte[] money(long micros) {
            byte[] bytes = new byte[MONEY_WIDTH];
            bytes[MONEY_POINT] = '.';
            writeMoney(bytes, 0, micros);
            return bytes;
        }

        @Override
        void writeCount(byte[] body, int at, long value) {
            int width = value < TIMES_FROM ? COUNT_WIDTH : TIME_WIDTH;
            digits(body, at, width, value);
        }

        @Override
        void writeMoney(byte[] body, int at, long micros) {
            digits(body, at, MONEY_POINT, micros / 1_000_000);
            digits(body, at + MONEY_POINT + 1, MONEY_WIDTH - MONEY_POINT - 1, micros % 1_000_000);
        }

        private void digits(byte[] body, int at, int width, long value) {
            long rest = value;
            for (int i = at + width - 1; i >= at; i--) {
                body[i] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
        }
    };

    private static final int COUNT_WIDTH = 8;
    private static final int TIME_WIDTH = 13;
    private static final int MONEY_WIDTH = 11;
    private static final int MONEY_POINT = 4;
    private static final long TIMES_FROM = 1_000_000_000_000L;

    abstract byte[] count(long value);

    abstract byte[] money(long micros);

    abstract void writeCount(byte[] body, int at, long value);

    abstract void writeMoney(byte[] body, int at, long micros);
}
