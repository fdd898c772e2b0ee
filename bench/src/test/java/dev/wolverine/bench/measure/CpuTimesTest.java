package dev.wolverine.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class CpuTimesTest {
    private static final long NOBODY = -1;

    @Test
    void countsTheTimeOfThisProcessAsTheGenerators() throws IOException {
        CpuTimes before = CpuTimes.read(NOBODY, NOBODY, NOBODY);
        spend(300);
        CpuTimes spent = CpuTimes.read(NOBODY, NOBODY, NOBODY).minus(before);
        assertThat(spent.generator()).isGreaterThan(0.2);
        assertThat(spent.machine()).isGreaterThanOrEqualTo(spent.generator() - 0.1);
        assertThat(spent.sum()).isZero();
    }

    @Test
    void countsAnotherProcessWithItsChildren() throws IOException, InterruptedException {
        Process busy =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "(i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done); read line")
                        .start();
        long pid = busy.pid();
        double seconds = 0;
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (seconds < 0.1 && System.nanoTime() < deadline) {
            seconds = CpuTimes.read(NOBODY, pid, NOBODY).postgres();
        }
        busy.destroyForcibly().waitFor();
        assertThat(seconds).isGreaterThanOrEqualTo(0.1);
    }

    private static void spend(long millis) {
        var threads = ManagementFactory.getThreadMXBean();
        long end = threads.getCurrentThreadCpuTime() + millis * 1_000_000;
        while (threads.getCurrentThreadCpuTime() < end) {
            Thread.onSpinWait();
        }
    }
}
