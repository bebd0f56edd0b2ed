using System.Reflection;

namespace Tipi.Tidy.Tests.Compiled;

/// <summary>The product's assemblies as they were built.</summary>
internal static class Product
{
    /// <summary>The assembly of a project.</summary>
    public static Assembly Assembly(string project) => System.Reflection.Assembly.Load(project);

    /// <summary>The types that people wrote: the compiler's own count for the type that they are in.</summary>
    public static IEnumerable<(Type Owner, Type Used)> Uses(string project) =>
        from type in Assembly(project).GetTypes()
        from used in TypeUses.Of(type)
        select (Outermost(type), used);

    /// <summary>The type itself, or the one that it is nested in.</summary>
    public static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return type;
    }

    /// <summary>True when the type is in the namespace or below it.</summary>
    public static bool IsIn(Type type, string space) =>
        type.Namespace is { } name && (name == space || name.StartsWith(space + ".", StringComparison.Ordinal));
}
