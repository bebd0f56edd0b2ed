using Grpc.Core;

namespace Tipi.Compare.App.Real;

/// <summary>A unary call: a name comes in, a greeting goes out.</summary>
internal sealed class GreeterService : Greeter.GreeterBase
{
    public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context) =>
        Task.FromResult(new HelloReply { Message = $"Hello, {request.Name}!" });
}
