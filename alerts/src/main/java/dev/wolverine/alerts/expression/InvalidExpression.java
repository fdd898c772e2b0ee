package dev.wolverine.alerts.expression;

/** An expression that is none, or whose types do not fit: where, and why. */
public final class InvalidExpression extends Exception {

    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    /**
     * @param line from 1
     * @param column from 1
     */
    InvalidExpression(int line, int column, String reason) {
        super(reason);
        this.line = line;
        this.column = column;
    }

    public int line() {
        return line;
    }

    public int column() {
        return column;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
