using System.Reflection;
using System.Reflection.Emit;

namespace Tipi.Tidy.Tests.Compiled;

/// <summary>Which types a compiled type uses: its heritage, signatures, locals, and every token in its IL.</summary>
internal static class TypeUses
{
    private const BindingFlags Own = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>The types, without arrays, references, pointers and type parameters around them.</summary>
    public static IReadOnlySet<Type> Of(Type type)
    {
        var uses = new HashSet<Type>();
        Add(uses, type.BaseType);
        foreach (var contract in type.GetInterfaces()) Add(uses, contract);
        foreach (var field in type.GetFields(Own)) Add(uses, field.FieldType);
        foreach (var method in type.GetMethods(Own)) AddMethod(uses, method, method.ReturnType);
        foreach (var constructor in type.GetConstructors(Own)) AddMethod(uses, constructor, null);
        uses.Remove(type);
        return uses;
    }

    private static void AddMethod(HashSet<Type> uses, MethodBase method, Type? answer)
    {
        Add(uses, answer);
        foreach (var parameter in method.GetParameters()) Add(uses, parameter.ParameterType);
        if (method.GetMethodBody() is not { } body) return;
        foreach (var local in body.LocalVariables) Add(uses, local.LocalType);
        foreach (var clause in body.ExceptionHandlingClauses)
            if (clause.Flags == ExceptionHandlingClauseOptions.Clause) Add(uses, clause.CatchType);
        foreach (var token in Tokens(body.GetILAsByteArray()!)) AddToken(uses, method, token);
    }

    private static void AddToken(HashSet<Type> uses, MethodBase method, int token)
    {
        var ofType = method.DeclaringType is { IsGenericType: true } owner ? owner.GetGenericArguments() : null;
        var ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        var member = method.Module.ResolveMember(token, ofType, ofMethod);
        Add(uses, member as Type ?? member?.DeclaringType);
        if (member is MethodInfo called) Add(uses, called.ReturnType);
        if (member is FieldInfo field) Add(uses, field.FieldType);
        if (member is MethodInfo { IsGenericMethod: true } closed)
            foreach (var argument in closed.GetGenericArguments()) Add(uses, argument);
    }

    private static void Add(HashSet<Type> uses, Type? type)
    {
        while (type is { HasElementType: true }) type = type.GetElementType();
        if (type is null || type.IsGenericParameter || !uses.Add(type)) return;
        if (!type.IsGenericType) return;
        Add(uses, type.GetGenericTypeDefinition());
        foreach (var argument in type.GetGenericArguments()) Add(uses, argument);
    }

    /// <summary>The metadata tokens that the instructions name. ECMA-335 §VI.C.2.</summary>
    private static IEnumerable<int> Tokens(byte[] il)
    {
        for (var at = 0; at < il.Length;)
        {
            var value = il[at] == 0xFE ? (short)(0xFE00 | il[at + 1]) : il[at];
            var code = Codes[value];
            at += code.Size;
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType
                or OperandType.InlineTok) yield return BitConverter.ToInt32(il, at);
            at += OperandSize(code.OperandType, il, at);
        }
    }

    private static int OperandSize(OperandType operand, byte[] il, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
        _ => 4,
    };
}
