using Microsoft.AspNetCore.Http.Features;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Features;

/// <summary>Whether this request's bodies may be read and written synchronously.</summary>
internal sealed class BodyControlFeature(HttpExchange exchange) : IHttpBodyControlFeature
{
    public bool AllowSynchronousIO
    {
        get => exchange.AllowSynchronousIO;
        set => exchange.AllowSynchronousIO = value;
    }
}
