using System.Net.Sockets;
using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Tipi.Hosting.Systemd;

namespace Tipi.Hosting.Tests.Systemd;

public sealed class SystemdServiceTests : IDisposable
{
    private const int ProcessId = 42;

    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string _name = $"tipi-notify-{Guid.NewGuid():N}";

    public SystemdServiceTests()
    {
        _manager.Bind(new UnixDomainSocketEndPoint($"\0{_name}"));
        _manager.ReceiveTimeout = 20_000;
    }

    public void Dispose() => _manager.Dispose();

    private SystemdService? Create(string? watchdogUsec = null, string? watchdogPid = null, string? address = null) =>
        SystemdService.Create(
            variable => variable switch
            {
                "NOTIFY_SOCKET" => address ?? $"@{_name}",
                "WATCHDOG_USEC" => watchdogUsec,
                "WATCHDOG_PID" => watchdogPid,
                _ => null,
            },
            ProcessId, NullLogger.Instance);

    public class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private string Receive()
    {
        var buffer = new byte[100];
        return Encoding.UTF8.GetString(buffer, 0, _manager.Receive(buffer));
    }

    // The package is not referenced here either: only the name of its type matters.
    private static Type TypeLikeTheFrameworks() =>
        AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Like"), AssemblyBuilderAccess.Run)
            .DefineDynamicModule("Like")
            .DefineType(
                "Microsoft.Extensions.Hosting.Systemd.SystemdLifetime", TypeAttributes.Public, typeof(QuietLifetime))
            .CreateType();

    [Fact]
    public void The_host_s_life_is_told()
    {
        using SystemdService service = Create()!;
        using IHost host = new HostBuilder().Build();
        service.Follow(host.Services);
        Assert.Equal(0, _manager.Available);
        host.Start();
        Assert.Equal("READY=1", Receive());
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.Equal("STOPPING=1", Receive());
    }

    [Fact]
    public void Nobody_is_told_twice_where_the_framework_s_lifetime_tells()
    {
        using SystemdService service = Create("2000000")!;
        using IHost host = new HostBuilder().ConfigureServices(services => services
            .AddSingleton(typeof(IHostLifetime), TypeLikeTheFrameworks())).Build();
        service.Follow(host.Services);
        host.Start();
        service.Watchdog!.Beat(0);
        Assert.Equal("WATCHDOG=1", Receive());
    }

    [Fact]
    public async Task The_watchdog_is_fed_twice_an_interval_while_the_pool_answers()
    {
        using SystemdService service = Create("4000000", "42")!;
        SystemdWatchdog watchdog = service.Watchdog!;
        watchdog.Beat(0);
        Assert.Equal("WATCHDOG=1", Receive());
        watchdog.Beat(1999);
        Assert.Equal(0, _manager.Available);
        for (var i = 0; i < 1000 && _manager.Available == 0; i++)
        {
            watchdog.Beat(2000); // as soon as the pool has answered
            await Task.Delay(20);
        }
        Assert.Equal("WATCHDOG=1", Receive());
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("2000000", "41")]
    [InlineData("0", null)]
    [InlineData("soon", "42")]
    public void A_watchdog_that_is_not_for_this_process_is_none(string? usec, string? pid)
    {
        using SystemdService service = Create(usec, pid)!;
        Assert.Null(service.Watchdog);
    }

    [Theory]
    [InlineData("")]
    [InlineData("vsock:2:1234")]
    public void Without_a_socket_nobody_is_told(string address) => Assert.Null(Create(address: address));

    [Fact]
    public void A_socket_whose_name_is_too_long_does_not_end_the_start()
    {
        var logs = new LogRecorder();
        Assert.Null(SystemdNotifier.Create("/" + new string('a', 200), logs.CreateLogger("x")));
        Assert.Equal(56, Assert.Single(logs.Records).EventId);
    }

    [Fact]
    public void A_manager_that_is_gone_harms_nobody()
    {
        using SystemdNotifier notifier = SystemdNotifier.Create("@nobody-is-here", NullLogger.Instance)!;
        notifier.Send("READY=1");
    }
}
