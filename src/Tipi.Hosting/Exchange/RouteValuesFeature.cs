using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Tipi.Hosting.Exchange;

/// <summary>What routing found in the path.</summary>
internal sealed class RouteValuesFeature(RunningRequest request) : IRouteValuesFeature
{
    private RouteValueDictionary? _values;

    [AllowNull]
    public RouteValueDictionary RouteValues
    {
        get
        {
            request.ThrowIfOver();
            return _values ??= [];
        }
        set
        {
            request.ThrowIfOver();
            _values = value;
        }
    }

    internal void Reset() => _values = null;
}
