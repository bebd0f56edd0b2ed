using System.Text;

namespace Tipi.Interop.Tests.Tools;

/// <summary>How a program ended and what it wrote.</summary>
internal sealed record ToolRun(int ExitCode, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>Fails the test when the program did not end well.</summary>
    public ToolRun Succeeded()
    {
        Assert.True(ExitCode == 0, $"Exit code {ExitCode}: {Error}");
        return this;
    }
}
