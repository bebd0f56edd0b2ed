using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>All that the features of a request say, found by reflection so that none is forgotten.</summary>
internal static partial class FeaturePicture
{
    /// <summary>What differs from one request to the next by its nature.</summary>
    private static readonly string[] s_own = ["StreamId", "Activity", "RequestServices"];

    /// <summary>The properties of all features of a collection: the feature, the property.</summary>
    internal static IEnumerable<(object Feature, PropertyInfo Property)> Properties(IFeatureCollection features) =>
        from feature in features.OrderBy(pair => pair.Key.FullName, StringComparer.Ordinal)
        from type in new[] { feature.Key }.Concat(feature.Key.GetInterfaces())
        from property in type.GetProperties()
        where property.GetIndexParameters().Length == 0 && !s_own.Contains(property.Name)
        select (feature.Value, property);

    internal static IEnumerable<string> Of(IFeatureCollection features)
    {
        foreach (var feature in features.OrderBy(pair => pair.Key.FullName, StringComparer.Ordinal))
            yield return $"{feature.Key.Name}: {feature.Value.GetType().Name}";
        foreach (var (feature, property) in Properties(features).ToArray())
            yield return $"{property.DeclaringType!.Name}.{property.Name}={Value(feature, property)}";
    }

    private static string Value(object feature, PropertyInfo property)
    {
        try
        {
            object? value = property.GetValue(feature);
            // The client's choice, another one on each connection.
            return property.Name == nameof(IHttpConnectionFeature.RemotePort) && value is > 1_000 ? "any" : Text(value);
        }
        catch (TargetInvocationException error)
        {
            return error.InnerException!.GetType().Name;
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => Number().Replace(text, "${id}:N"),
        bool or int or long or IPAddress => $"{value}",
        CancellationToken token => $"{token.CanBeCanceled} {token.IsCancellationRequested}",
        IHeaderDictionary fields => string.Join(",", fields.Select(field => $"{field.Key}={field.Value}")),
        IDictionary<object, object?> items => string.Join(",", items.Select(item => $"{item.Key}={item.Value}")),
        _ => value.GetType().Name,
    };

    /// <summary>The request's number in its identifier.</summary>
    [GeneratedRegex("(?<id>^[0-9A-V]{13}):[0-9A-F]{8}$")]
    private static partial Regex Number();
}
