package dev.wolverine.bench.command;

import java.io.PrintStream;

/** Where results and complaints go. Thread-safe. */
record Console(PrintStream out, PrintStream err) {

    void print(String line) {
        out.println(line);
        out.flush();
    }

    void error(String line) {
        err.println(line);
        err.flush();
    }
}
