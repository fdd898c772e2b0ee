package dev.wolverine.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
    private final ServerSocket echo;
    private final FaultProxy proxy;
    private volatile int received;

    FaultProxyTest() throws IOException {
        echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        proxy = FaultProxy.start("test", echo::getLocalPort, 1);
    }

    @BeforeEach
    void start() {
        Thread.ofPlatform().daemon().start(this::serve);
    }

    private void serve() {
        while (!echo.isClosed()) {
            try {
                Socket socket = echo.accept();
                Thread.ofVirtual().start(() -> answer(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void answer(Socket socket) {
        try (socket) {
            for (int one = socket.getInputStream().read();
                    one >= 0;
                    one = socket.getInputStream().read()) {
                received++;
                socket.getOutputStream().write(one);
            }
        } catch (IOException broken) {
            // As it is meant.
        }
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(5_000);
        return socket;
    }

    private static int ask(Socket socket, int question) throws IOException {
        socket.getOutputStream().write(question);
        return socket.getInputStream().read();
    }

    @Test
    void passesEverythingOn() throws IOException {
        try (Socket socket = connect()) {
            assertThat(ask(socket, 7)).isEqualTo(7);
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        Awaitility.await().until(() -> proxy.openConnections() == 0);
    }

    @Test
    void deliversRequestsWhoseAnswersItDrops() throws IOException {
        try (Socket socket = connect()) {
            proxy.disturb(new Toxic.DropAnswers(1));

            assertThatThrownBy(() -> ask(socket, 7)).isInstanceOf(SocketException.class);
            assertThat(received).isEqualTo(1);
        }
    }

    @Test
    void holdsBackWhatStallsAndThenLetsItPass() throws IOException {
        try (Socket socket = connect()) {
            assertThat(ask(socket, 1)).isEqualTo(1);
            proxy.disturb(new Toxic.Stall());
            socket.setSoTimeout(200);

            assertThatThrownBy(() -> ask(socket, 2)).isInstanceOf(SocketTimeoutException.class);

            proxy.heal();
            socket.setSoTimeout(5_000);
            assertThat(socket.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void losesWhatAHalfOpenConnectionCarries() throws IOException {
        try (Socket socket = connect()) {
            assertThat(ask(socket, 1)).isEqualTo(1);
            proxy.disturb(new Toxic.HalfOpen());
            socket.setSoTimeout(200);

            assertThatThrownBy(() -> ask(socket, 2)).isInstanceOf(SocketTimeoutException.class);

            proxy.heal();
            socket.setSoTimeout(5_000);
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class);
            assertThat(received).isEqualTo(1);
        }
    }

    @Test
    void resetsConnectionsThatAreIdleToo() throws IOException {
        try (Socket socket = connect()) {
            assertThat(ask(socket, 1)).isEqualTo(1);

            proxy.disturb(new Toxic.Reset(0));

            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class);
        }
    }

    @Test
    void isLateByItsLatency() throws IOException {
        try (Socket socket = connect()) {
            proxy.disturb(new Toxic.Latency(Duration.ofMillis(100), Duration.ZERO));
            long start = System.nanoTime();

            assertThat(ask(socket, 1)).isEqualTo(1);

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(200));
        }
    }

    @Test
    void resetsWhereNobodyListens() throws IOException {
        echo.close();
        try (Socket socket = connect()) {
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class);
        }
    }
}
