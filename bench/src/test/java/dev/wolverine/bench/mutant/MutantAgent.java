package dev.wolverine.bench.mutant;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.ConstantInstruction.LoadConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes the platform's classes as a {@link Mutant} says: the agent of a JVM that is to fail. */
public final class MutantAgent {
    private static final ClassDesc HOOKS = MutantHooks.class.describeConstable().orElseThrow();

    private MutantAgent() {}

    /**
     * Called by the JVM before the platform's own main method.
     *
     * @param argument name of the mutant
     */
    public static void premain(String argument, Instrumentation instrumentation) {
        List<Edit> edits = Mutant.valueOf(argument).edits();
        instrumentation.addTransformer(
                new ClassFileTransformer() {
                    @Override
                    public byte @Nullable [] transform(
                            Module module,
                            ClassLoader loader,
                            String name,
                            @Nullable Class<?> redefined,
                            ProtectionDomain domain,
                            byte[] bytes) {
                        return changed(loader, name.replace('/', '.'), bytes, edits);
                    }
                });
    }

    private static byte @Nullable [] changed(
            ClassLoader loader, String name, byte[] bytes, List<Edit> all) {
        List<Edit> edits = all.stream().filter(edit -> edit.owner().equals(name)).toList();
        if (edits.isEmpty()) {
            return null;
        }
        try {
            ClassFile classes =
                    ClassFile.of(
                            ClassFile.ClassHierarchyResolverOption.of(
                                    ClassHierarchyResolver.ofResourceParsing(loader)
                                            .orElse(ClassHierarchyResolver.defaultResolver())));
            return classes.transformClass(
                    classes.parse(bytes),
                    ClassTransform.transformingMethodBodies(
                            (code, element) -> change(code, element, edits)));
        } catch (RuntimeException failure) {
            // The JVM would say nothing, and run the class as it was.
            System.err.println("mutant: " + name + " could not be changed: " + failure);
            Runtime.getRuntime().halt(70);
            throw failure;
        }
    }

    private static void change(CodeBuilder code, CodeElement element, List<Edit> edits) {
        for (Edit edit : edits) {
            if (edit instanceof Edit.Redirect redirect
                    && element instanceof InvokeInstruction call
                    && call.name().equalsString(redirect.method())
                    && call.owner().asInternalName().replace('/', '.').equals(redirect.callee())) {
                MethodTypeDesc type = call.typeSymbol();
                code.invokestatic(
                        HOOKS,
                        redirect.hook(),
                        call.opcode() == java.lang.classfile.Opcode.INVOKESTATIC
                                ? type
                                : type.insertParameterTypes(0, call.owner().asSymbol()));
                return;
            }
            if (edit instanceof Edit.Text(String _, String pattern, String replacement)
                    && element instanceof LoadConstantInstruction load
                    && load.constantValue() instanceof String text) {
                code.ldc(text.replaceAll(pattern, replacement));
                return;
            }
        }
        code.with(element);
    }
}
