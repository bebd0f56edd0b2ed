using System.Reflection;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>A feature of any interface that says and does nothing.</summary>
public class StrangeFeature : DispatchProxy
{
    internal static object Of(Type type) => Create(type, typeof(StrangeFeature));

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Type type = targetMethod!.ReturnType;
        if (type == typeof(Task)) return Task.CompletedTask;
        if (type == typeof(string)) return "strange";
        return type.IsValueType && type != typeof(void) ? Activator.CreateInstance(type) : null;
    }
}
