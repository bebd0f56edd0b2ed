using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>How large the request's body may be, changeable until it is read.</summary>
internal sealed class MaxBodySizeFeature(HttpExchange exchange) : IHttpMaxRequestBodySizeFeature
{
    public bool IsReadOnly => exchange.Input.HasStarted || exchange.IsUpgraded;

    public long? MaxRequestBodySize
    {
        get => exchange.Input.MaxSize;
        set
        {
            if (IsReadOnly) throw new InvalidOperationException("The body is being read: its limit is fixed.");
            if (value < 0) throw new ArgumentOutOfRangeException(nameof(value), "A limit is not negative, or null.");
            exchange.Input.MaxSize = value;
        }
    }
}
