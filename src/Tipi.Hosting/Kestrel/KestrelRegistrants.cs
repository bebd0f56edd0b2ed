using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Tipi.Hosting.Kestrel;

/// <summary>Who configures Kestrel's options, for messages.</summary>
internal static class KestrelRegistrants
{
    private const string Framework = "Microsoft.AspNetCore";

    /// <summary>Their types and assemblies; the framework's, which stand between, are left out.</summary>
    internal static string Of(IServiceProvider services)
    {
        IEnumerable<Type> types =
        [
            .. services.GetServices<IConfigureOptions<KestrelServerOptions>>().Select(TypeOf),
            .. services.GetServices<IPostConfigureOptions<KestrelServerOptions>>().Select(TypeOf),
        ];
        string names = string.Join(", ", types.Where(IsForeign).Select(Show).Distinct());
        return names.Length > 0 ? names : "code that calls ConfigureKestrel or UseKestrel";
    }

    /// <summary>A lambda is an object of a class inside the one that has it.</summary>
    private static Type TypeOf(object configurator) => configurator switch
    {
        ConfigureNamedOptions<KestrelServerOptions> { Action.Target: { } target } => target.GetType(),
        PostConfigureOptions<KestrelServerOptions> { Action.Target: { } target } => target.GetType(),
        _ => configurator.GetType(),
    };

    private static bool IsForeign(Type type) =>
        type.Assembly != typeof(KestrelRegistrants).Assembly
        && type.Assembly.GetName().Name?.StartsWith(Framework, StringComparison.Ordinal) != true;

    private static string Show(Type type)
    {
        Type outer = type;
        while (outer.DeclaringType is { } declaring) outer = declaring;
        return $"{outer.FullName} ({outer.Assembly.GetName().Name})";
    }
}
