using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The features that have a fixed place in a <see cref="FeatureTable"/>. The first <see cref="ServedCount"/> are served
/// by the exchange itself, in this order; the others are set by the framework on many requests. None of them is ever a
/// feature of the connection.
/// </summary>
internal static class FeatureSlots
{
    internal const int ServedCount = 22;

    internal static readonly Type[] Types =
    [
        typeof(IHttpRequestFeature),
        typeof(IHttpResponseFeature),
        typeof(IHttpResponseBodyFeature),
        typeof(IRequestBodyPipeFeature),
        typeof(IHttpRequestIdentifierFeature),
        typeof(IHttpConnectionFeature),
        typeof(IHttpRequestLifetimeFeature),
        typeof(IHttpRequestBodyDetectionFeature),
        typeof(IHttpRequestTrailersFeature),
        typeof(IHttpUpgradeFeature),
        typeof(IHttpMaxRequestBodySizeFeature),
        typeof(IHttpBodyControlFeature),
        typeof(IBadRequestExceptionFeature),
        typeof(IRouteValuesFeature),
        typeof(IEndpointFeature),
        typeof(IPersistentStateFeature),
        typeof(IHttpMinRequestBodyDataRateFeature),
        typeof(IHttpMinResponseDataRateFeature),
        typeof(IHttpExtendedConnectFeature),
#pragma warning disable CA2252 // A preview of the framework: it is only named, so that it can be answered with no.
        typeof(IHttpWebTransportFeature),
#pragma warning restore CA2252
        typeof(IHttpResponseTrailersFeature),
        typeof(IHttpInformationalResponseFeature),

        typeof(IServiceProvidersFeature),
        typeof(IItemsFeature),
        typeof(IQueryFeature),
        typeof(IFormFeature),
        typeof(IRequestCookiesFeature),
        typeof(IResponseCookiesFeature),
        typeof(IHttpAuthenticationFeature),
        typeof(IHttpActivityFeature),
        typeof(IHttpMetricsTagsFeature),
        typeof(ISessionFeature),
        typeof(IHttpResetFeature),
    ];
}
