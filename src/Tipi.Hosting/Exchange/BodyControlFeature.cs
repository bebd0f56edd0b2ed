using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>Whether this request's bodies may be read and written synchronously.</summary>
internal sealed class BodyControlFeature(HttpExchange exchange) : IHttpBodyControlFeature
{
    public bool AllowSynchronousIO
    {
        get => exchange.AllowSynchronousIO;
        set => exchange.AllowSynchronousIO = value;
    }
}
