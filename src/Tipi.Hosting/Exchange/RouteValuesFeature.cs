using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Tipi.Hosting.Exchange;

/// <summary>What routing found in the path.</summary>
internal sealed class RouteValuesFeature(HttpExchange exchange) : IRouteValuesFeature
{
    private RouteValueDictionary? _values;

    [AllowNull]
    public RouteValueDictionary RouteValues
    {
        get
        {
            exchange.ThrowIfOver();
            return _values ??= [];
        }
        set
        {
            exchange.ThrowIfOver();
            _values = value;
        }
    }

    internal void Reset() => _values = null;
}
