package dev.wolverine.db.postgres;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;

/**
 * A data source whose n-th call to the server fails: before it is made, or after it was, so that
 * only its answer is lost. Calls are counted over all of its connections.
 */
public final class FaultyDataSource {

    /** What goes to the server; `unwrap` stands for the COPY that is begun through it. */
    private static final Set<String> CALLS =
            Set.of(
                    "getConnection",
                    "execute",
                    "executeQuery",
                    "executeUpdate",
                    "executeBatch",
                    "commit",
                    "unwrap");

    private final DataSource real;
    private int calls;
    private int failing;
    private boolean answerLost;
    private boolean fired;

    public FaultyDataSource(DataSource real) {
        this.real = real;
    }

    /** Counts anew, and lets this call fail; 0: none. */
    public void failAt(int call, boolean onlyTheAnswer) {
        calls = 0;
        failing = call;
        answerLost = onlyTheAnswer;
        fired = false;
    }

    public boolean hasFired() {
        return fired;
    }

    public DataSource dataSource() {
        return proxy(DataSource.class, real);
    }

    private <T> T proxy(Class<T> type, Object target) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (self, method, arguments) -> call(target, method, arguments)));
    }

    private Object call(Object target, Method method, Object[] arguments) throws Throwable {
        boolean counted = CALLS.contains(method.getName());
        boolean fails = counted && ++calls == failing;
        if (fails && !answerLost) {
            fail(method);
        }
        Object answer;
        try {
            answer = method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        if (fails) {
            if (answer instanceof Connection lost) {
                lost.close();
            }
            fail(method);
        }
        return switch (answer) {
            case PreparedStatement statement -> proxy(PreparedStatement.class, statement);
            case Statement statement -> proxy(Statement.class, statement);
            case Connection connection when method.getName().equals("getConnection") ->
                    proxy(Connection.class, connection);
            case null, default -> answer;
        };
    }

    private void fail(Method method) throws SQLException {
        fired = true;
        throw new SQLException("the connection broke in " + method.getName(), "08006");
    }
}
