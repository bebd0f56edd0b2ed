using System.ComponentModel;
using System.Diagnostics;

namespace Tipi.Compare.Machine;

/// <summary>Runs a short external command to its end.</summary>
internal static class CommandRun
{
    /// <summary>The command's standard output; throws with its error text when it does not exit with 0.</summary>
    public static async Task<string> ReadAsync(string command, IEnumerable<string> arguments)
    {
        using var process = Start(command, arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new MeasurementException(
                $"{command} exited with {process.ExitCode}: {(await errors).Trim()} {output}");
        }


        return output;
    }

    /// <summary>Whether the command exists and exits with 0.</summary>
    public static bool Succeeds(string command, params string[] arguments)
    {
        try
        {
            using var process = Start(command, arguments);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static Process Start(string command, IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(command, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}
