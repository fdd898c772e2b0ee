package dev.wolverine.alerts.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.wolverine.alerts.rule.RuleParameters.Threshold.Field;
import java.util.Locale;

/**
 * Makes expressions of text in the Common Expression Language. What is wrong is said here, with its
 * place, and not when a beat comes. Thread-safe.
 *
 * <p>The numbers of a beat are variables, as `memoryMb`; what they were before is
 * `history.memoryMb`, for the functions that look at a window.
 */
public final class ExpressionCompiler {

    static final String INCREASE = "increase";
    static final String RATE = "rate";
    static final String MAX_OVER = "max_over";
    static final String RESTARTS = "restarts";
    static final String AGE = "age";

    private static final OpaqueType SERIES = OpaqueType.create("series");

    private static final CelOptions OPTIONS =
            CelOptions.current()
                    .enableHeterogeneousNumericComparisons(true)
                    .comprehensionMaxIterations(1_000)
                    .maxExpressionCodePointSize(4_000)
                    .maxParseRecursionDepth(50)
                    .build();

    private final CelCompiler compiler = compiler();
    private final CelRuntime runtime =
            CelRuntimeFactory.standardCelRuntimeBuilder().setOptions(OPTIONS).build();

    public Expression compile(String text) throws InvalidExpression {
        try {
            CelAbstractSyntaxTree tree = compiler.compile(text).getAst();
            if (!tree.getResultType().equals(SimpleType.BOOL)) {
                throw new InvalidExpression(
                        1,
                        1,
                        "it says %s (expected: true or false)"
                                .formatted(tree.getResultType().name()));
            }
            return new Expression(runtime.createProgram(tree));
        } catch (CelValidationException e) {
            CelIssue first = e.getErrors().getFirst();
            throw new InvalidExpression(
                    first.getSourceLocation().getLine(),
                    first.getSourceLocation().getColumn() + 1,
                    first.getMessage());
        } catch (CelEvaluationException e) {
            throw new InvalidExpression(1, 1, String.valueOf(e.getMessage()));
        }
    }

    /** The name of a field in expressions: `memoryMb`. */
    public static String variable(Field field) {
        StringBuilder name = new StringBuilder();
        for (String word : field.name().toLowerCase(Locale.ROOT).split("_", -1)) {
            name.append(
                    name.isEmpty()
                            ? word
                            : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name.toString();
    }

    private static CelCompiler compiler() {
        CelCompilerBuilder builder =
                CelCompilerFactory.standardCelCompilerBuilder()
                        .setOptions(OPTIONS)
                        .addVar("status", SimpleType.STRING)
                        .addVar("version", SimpleType.STRING)
                        .addVar("name", SimpleType.STRING)
                        .addVar("pid", SimpleType.INT);
        for (Field field : Field.values()) {
            builder.addVar(variable(field), SimpleType.DOUBLE);
            builder.addVar("history." + variable(field), SERIES);
        }
        for (String name : new String[] {INCREASE, RATE, MAX_OVER}) {
            builder.addFunctionDeclarations(
                    CelFunctionDecl.newFunctionDeclaration(
                            name,
                            CelOverloadDecl.newGlobalOverload(
                                    name + "_series_duration",
                                    SimpleType.DOUBLE,
                                    SERIES,
                                    SimpleType.DURATION)));
        }
        return builder.addFunctionDeclarations(
                        CelFunctionDecl.newFunctionDeclaration(
                                RESTARTS,
                                CelOverloadDecl.newGlobalOverload(
                                        "restarts_duration", SimpleType.INT, SimpleType.DURATION)),
                        CelFunctionDecl.newFunctionDeclaration(
                                AGE, CelOverloadDecl.newGlobalOverload("age", SimpleType.DURATION)))
                .build();
    }
}
