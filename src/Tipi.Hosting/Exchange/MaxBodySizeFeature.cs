using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>How large the request's body may be, changeable until it is read.</summary>
internal sealed class MaxBodySizeFeature(RunningRequest request) : IHttpMaxRequestBodySizeFeature
{
    public bool IsReadOnly => request.Input.HasStarted || request.IsUpgraded;

    public long? MaxRequestBodySize
    {
        get => request.Input.MaxSize;
        set
        {
            if (IsReadOnly) throw new InvalidOperationException("The body is already being read: its limit is fixed.");
            if (value < 0) throw new ArgumentOutOfRangeException(nameof(value), "The limit must not be negative.");
            request.Input.MaxSize = value;
        }
    }
}
