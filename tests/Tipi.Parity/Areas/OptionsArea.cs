using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Tipi.Hosting;
using Tipi.Parity.Servers;
using Tipi.Transport.Uring;

namespace Tipi.Parity.Areas;

/// <summary>Options by reflection: names, types, defaults, refused values, and methods with their parameters.</summary>
internal sealed class OptionsArea : IArea
{
    public string Name => "Options";

    public string Meaning =>
        "Kestrel's public options: type, default, and the values that the setter rejects; methods by their parameters. "
        + "Tipi's additional options are in OPTIONS.md.";

    public Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        Dictionary<string, string> kestrel =
            Read(new KestrelServerOptions(), new SocketTransportOptions(), KestrelListen());
        ReadExtensions(kestrel, typeof(KestrelServerOptions).Assembly, typeof(SocketTransportOptions).Assembly,
            typeof(WebHostBuilderKestrelExtensions).Assembly);
        if (subject == Subject.Kestrel) return Task.FromResult<IReadOnlyDictionary<string, string>>(kestrel);

        Dictionary<string, string> tipi = Read(new TipiServerOptions(), new UringTransportOptions(), TipiListen());
        ReadExtensions(tipi, typeof(TipiServerOptions).Assembly);
        return Task.FromResult<IReadOnlyDictionary<string, string>>(
            tipi.Where(pair => kestrel.ContainsKey(pair.Key)).ToDictionary());
    }

    private static ListenOptions KestrelListen()
    {
        ListenOptions? found = null;
        new KestrelServerOptions().Listen(new IPEndPoint(IPAddress.Loopback, 1), options => found = options);
        return found!;
    }

    private static TipiListenOptions TipiListen()
    {
        TipiListenOptions? found = null;
        new TipiServerOptions().Listen(new IPEndPoint(IPAddress.Loopback, 1), options => found = options);
        return found!;
    }

    private static Dictionary<string, string> Read(object server, object transport, object listen)
    {
        var values = new Dictionary<string, string>();
        object limits = server.GetType().GetProperty("Limits")!.GetValue(server)!;
        object http2 = limits.GetType().GetProperty("Http2")!.GetValue(limits)!;
        (string, object)[] all =
        [
            ("server", server), ("limits", limits), ("limits of HTTP/2", http2), ("endpoint", listen),
            ("transport", transport),
        ];
        foreach (var (name, options) in all)
        {
            foreach (PropertyInfo property in options.GetType().GetProperties())
                values[$"{name}: {property.Name}"] = Show(property, options);
            foreach (MethodInfo method in options.GetType().GetMethods().Where(IsOwn))
                values[$"{name}: {Signature(method, skip: 0)}"] = NameOf(method.ReturnType);
        }
        return values;
    }

    private static void ReadExtensions(Dictionary<string, string> values, params Assembly[] assemblies)
    {
        var methods = assemblies.SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => type is { IsAbstract: true, IsSealed: true })
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute)));
        foreach (MethodInfo method in methods)
        {
            // Callers do not see whether a method is an extension.
            string on = NameOf(method.GetParameters()[0].ParameterType) switch
            {
                "ServerOptions" => "server",
                "ListenOptions" => "endpoint",
                string other => other,
            };
            values[$"{on}: {Signature(method, skip: 1)}"] = NameOf(method.ReturnType);
        }
    }

    private static bool IsOwn(MethodInfo method) =>
        !method.IsSpecialName && !method.IsStatic && method.GetBaseDefinition().DeclaringType != typeof(object);

    private static string Signature(MethodInfo method, int skip)
    {
        var types = method.GetParameters().Skip(skip).Select(parameter => NameOf(parameter.ParameterType));
        return $"{Neutral(method.Name)}({string.Join(", ", types)})";
    }

    private static string Show(PropertyInfo property, object options)
    {
        string text = NameOf(property.PropertyType);
        if (property.GetMethod is { IsPublic: true }) text += ShowDefault(property, options);
        if (property.SetMethod is not { IsPublic: true }) return text + ", read-only";
        string refused = string.Join(
            ", ", Trials(property.PropertyType).Where(trial => Refuses(property, options, trial)));
        return refused.Length == 0 ? text : $"{text}, refuses {refused}";
    }

    private static string ShowDefault(PropertyInfo property, object options) => property.GetValue(options) switch
    {
        null => " = null",
        MinDataRate rate => $" = {rate.BytesPerSecond} B/s after {rate.GracePeriod}",
        Func<string, System.Text.Encoding?> selector => $" = {selector("x")?.WebName ?? "null for each"}",
        Delegate or KestrelServerLimits or TipiServerLimits or IServiceProvider => "",
        _ when property.Name == "IOQueueCount" => "",
        object value when property.PropertyType.IsClass && value is not (string or EndPoint) => "",
        object value => $" = {value}",
    };

    private static IEnumerable<object> Trials(Type type)
    {
        Type real = Nullable.GetUnderlyingType(type) ?? type;
        if (real == typeof(int)) return [-1, 0, 1];
        if (real == typeof(long)) return [-1L, 0L, 1L];
        if (real == typeof(TimeSpan)) return [TimeSpan.FromSeconds(-1), TimeSpan.Zero, TimeSpan.MaxValue];
        return [];
    }

    private static bool Refuses(PropertyInfo property, object options, object trial)
    {
        object? before = property.GetValue(options);
        try
        {
            property.SetValue(options, trial);
            property.SetValue(options, before);
            return false;
        }
        catch (TargetInvocationException)
        {
            return true;
        }
    }

    private static string NameOf(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } real) return NameOf(real) + "?";
        if (!type.IsGenericType) return Neutral(type.Name);
        string name = type.Name.Split('`')[0];
        return $"{name}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
    }

    /// <summary>A name without the server that it belongs to.</summary>
    private static string Neutral(string name) => name switch
    {
        "UringTransportOptions" or "SocketTransportOptions" => "TransportOptions",
        _ => name.Replace("Kestrel", "", StringComparison.Ordinal).Replace("Tipi", "", StringComparison.Ordinal),
    };
}
