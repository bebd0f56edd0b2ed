using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>How slowly this request's body may come and its response be taken; null: as slowly as they like.</summary>
internal sealed class DataRateFeature(RunningRequest request)
    : IHttpMinRequestBodyDataRateFeature, IHttpMinResponseDataRateFeature
{
    MinDataRate? IHttpMinRequestBodyDataRateFeature.MinDataRate
    {
        get => request.MinRequestBodyDataRate;
        set => request.MinRequestBodyDataRate = value;
    }

    MinDataRate? IHttpMinResponseDataRateFeature.MinDataRate
    {
        get => request.MinResponseDataRate;
        set => request.MinResponseDataRate = value;
    }
}
