using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Tipi.Hosting.Features;

/// <summary>What routing found in the path.</summary>
internal sealed class RouteValuesFeature : IRouteValuesFeature
{
    private RouteValueDictionary? _values;

    [AllowNull]
    public RouteValueDictionary RouteValues
    {
        get => _values ??= [];
        set => _values = value;
    }

    internal void Reset() => _values = null;
}
