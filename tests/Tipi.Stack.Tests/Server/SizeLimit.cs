using Microsoft.AspNetCore.Http.Metadata;

namespace Tipi.Stack.Tests.Server;

/// <summary>The largest body that an endpoint wants, in bytes; null: any.</summary>
internal sealed record SizeLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
