using Tipi.Compare.Machine;

namespace Tipi.Compare.Peers;

/// <summary>
/// nginx with one worker a CPU, answering from its configuration, or from a file what is too long for it.
/// </summary>
internal sealed class NginxPeer : IPeer
{
    private const string SizedApplication = "sized";

    public string Name => "nginx";

    public ExternalTool? Tool => ExternalTool.Nginx;

    // It has no WebSocket, and reads a body only for a server behind it.
    public bool Serves(Workload workload) =>
        workload.Application is "plaintext" or "full" or SizedApplication && workload.RequestBody is null;

    public RunningServer Start(Launch launch)
    {
        var folder = Directory.CreateTempSubdirectory("tipi-compare-nginx-").FullName;
        var file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, Configuration(launch, folder));
        if (IsLarge(launch.Workload))
            File.WriteAllText(folder + launch.Workload.Path, launch.Workload.Body);
        return RunningServer.Start(launch, hasCounters: false, "nginx", "-p", folder, "-c", file)
            .WithScratch(folder);
    }

    // nginx sends two fields that the applications do not, Server and Connection, and goes without the Content-Type
    // that they send. A field named P fills up the difference where it is large enough for a field.
    private static string PaddingFor(Workload workload)
    {
        var own = new Workload(workload.Application, workload.Path, workload.Body, "").AnswerBytes
            - "Content-Type: \r\n".Length + "Server: nginx\r\nConnection: keep-alive\r\n".Length;
        var room = workload.AnswerBytes - own - "P: \r\n".Length;
        return room > 0 ? $"add_header P {new string('p', room)};" : "";
    }

    private static bool IsLarge(Workload workload) => workload.Application == SizedApplication;

    // A file's fields that the applications do not send are left out.
    private static string Answer(Workload workload, string folder) => IsLarge(workload)
        ? $"root {folder}; etag off; max_ranges 0; if_modified_since off; add_header Last-Modified \"\";"
        : $"return 200 '{workload.Body}';";

    private static string ListenFlags(Launch launch) =>
        (launch.Workload.IsEncrypted ? " ssl" : "") + (launch.Workload.IsHttp2 ? " http2" : "") +
        (launch.CpuCount > 1 ? " reuseport" : "");

    private static string Certificate(Launch launch) => launch.Workload.IsEncrypted
        ? $"""
            ssl_certificate {launch.CertificateFile};
            ssl_certificate_key {launch.CertificateFile};
            ssl_protocols TLSv1.3;
            ssl_session_cache shared:tls:10m;
            """
        : "";

    private static string Configuration(Launch launch, string folder) => $$"""
        daemon off;
        user root;
        worker_processes {{launch.CpuCount}};
        worker_rlimit_nofile 20000;
        pid {{folder}}/nginx.pid;
        error_log stderr crit;
        events { worker_connections 16384; }
        http {
            access_log off;
            sendfile on;
            open_file_cache max=1000;
            server_tokens off;
            keepalive_requests 1000000000;
            keepalive_timeout 1h;
            client_body_temp_path {{folder}}/body;
            proxy_temp_path {{folder}}/proxy;
            fastcgi_temp_path {{folder}}/fastcgi;
            uwsgi_temp_path {{folder}}/uwsgi;
            scgi_temp_path {{folder}}/scgi;
            server {
                listen 127.0.0.1:{{launch.Port}}{{ListenFlags(launch)}} backlog=4096;
                {{Certificate(launch)}}
                location / {
                    default_type "";
                    {{PaddingFor(launch.Workload)}}
                    {{Answer(launch.Workload, folder)}}
                }
            }
        }
        """;
}
