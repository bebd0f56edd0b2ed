using System.Diagnostics;
using Tipi.Compare.Machine;

namespace Tipi.Compare.Siege.Tls;

/// <summary>OpenSSL's own client, which asks for what .NET's has no words for.</summary>
internal static class OpenSslClient
{
    private const int PauseMs = 20;

    /// <summary>Connects and gives one of its letter commands (s_client(1)) again and again.</summary>
    public static Task KeepAskingAsync(Attacker who, string version, char letter)
    {
        if (!ExternalTool.OpenSsl.IsInstalled)
            throw new MeasurementException(ExternalTool.OpenSsl.Remedy);
        return who.TellAsync(() => AskAsync(who, version, letter));
    }

    private static async Task<string> AskAsync(Attacker who, string version, char letter)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "openssl", ["s_client", "-connect", $"127.0.0.1:{who.Port}", version])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var complaints = process.StandardError.ReadToEndAsync(CancellationToken.None);
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            await WriteAsync(process, letter, who.End);
            await process.WaitForExitAsync(who.End);
            await output;
            return (await complaints).Contains("no renegotiation", StringComparison.Ordinal)
                ? "no renegotiation" : "closed";
        }
        catch (OperationCanceledException)
        {
            return Attacker.Still;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static async Task WriteAsync(Process process, char letter, CancellationToken end)
    {
        try
        {
            while (!process.HasExited)
            {
                await process.StandardInput.WriteAsync($"{letter}\n".AsMemory(), end);
                await process.StandardInput.FlushAsync(end);
                await Task.Delay(PauseMs, end);
            }
        }
        catch (IOException)
        {
            // It has ended; its exit says the rest.
        }
    }
}
