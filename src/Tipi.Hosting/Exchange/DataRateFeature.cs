using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>How slowly this request's body may come and its response be taken; null: as slowly as they like.</summary>
internal sealed class DataRateFeature(HttpExchange exchange)
    : IHttpMinRequestBodyDataRateFeature, IHttpMinResponseDataRateFeature
{
    MinDataRate? IHttpMinRequestBodyDataRateFeature.MinDataRate
    {
        get => exchange.MinRequestBodyDataRate;
        set => exchange.MinRequestBodyDataRate = value;
    }

    MinDataRate? IHttpMinResponseDataRateFeature.MinDataRate
    {
        get => exchange.MinResponseDataRate;
        set => exchange.MinResponseDataRate = value;
    }
}
