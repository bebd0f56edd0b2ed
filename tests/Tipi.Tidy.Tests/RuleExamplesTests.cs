using Tipi.Tidy.Tests.Rules;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests;

/// <summary>Each rule can fail, says where, and lets the good pass.</summary>
public sealed class RuleExamplesTests
{
    private const string Code = "src/Tipi.Hosting/Idle/Example.cs";
    private const string Library = "src/Tipi.Protocols/Tipi.Protocols.csproj";

    [Theory]
    [InlineData("""<P><I><ProjectReference Include="..\Tipi.Hosting\Tipi.Hosting.csproj" /></I></P>""", 1)]
    [InlineData("""<P><I><PackageReference Include="Newtonsoft.Json" /></I></P>""", 1)]
    [InlineData("""<P><I><InternalsVisibleTo Include="Tipi.Protocols.Tests" /></I></P>""", 0)]
    public void Arrows(string project, int findings) => Finds(new ArrowRule(), findings, Library, project);

    [Fact]
    public void Arrows_of_Hosting_point_down()
    {
        const string Text = """<P><I><ProjectReference Include="../Tipi.Protocols/Tipi.Protocols.csproj" /></I></P>""";

        Finds(new ArrowRule(), 0, "src/Tipi.Hosting/Tipi.Hosting.csproj", Text);
        Finds(new ArrowRule(), 2, "src/Tipi.Unknown/Tipi.Unknown.csproj", Text);
    }

    [Theory]
    [InlineData("tests/Tipi.Hosting.Tests/Idle/ClockTests.cs", 0)]
    [InlineData("tests/Tipi.Hosting.Tests/WholeTests.cs", 0)]
    [InlineData("tests/Tipi.Hosting.Tests/Elsewhere/ClockTests.cs", 1)]
    [InlineData("tests/Tipi.Hosting.Tests/Elsewhere/RawClient.cs", 0)]
    [InlineData("tests/Tipi.Hosting.Tests/Contract/ClockTests.cs", 0)]
    [InlineData("tests/Tipi.Interop.Tests/Clients/CurlTests.cs", 0)]
    public void Mirrors(string test, int findings)
    {
        SourceFile[] files = [Example.At(Code, ""), Example.At(test, "")];

        Assert.Equal(findings, new MirrorRule().Check(files).Count());
    }

    [Theory]
    [InlineData(Code, "class RingManager;", 1)]
    [InlineData(Code, "static class HeaderUtils;", 1)]
    [InlineData(Code, "class Outer { struct ListenerImpl; }", 1)]
    [InlineData(Code, "delegate void HelperCall();", 1)]
    [InlineData("src/Tipi.Hosting/Infrastructure/Example.cs", "class Example;", 1)]
    [InlineData(Code, "class Database { int PathBase; }", 0)]
    public void Names(string path, string code, int findings) => Finds(new NameRule(), findings, path, code);

    [Theory]
    [InlineData("partial class Example;", 1)]
    [InlineData("partial class Example { [LoggerMessage] partial void Log(); }", 0)]
    [InlineData("partial class Outer { partial class Log { [GeneratedRegex(\"x\")] partial int X(); } }", 0)]
    public void Partials(string code, int findings) => Finds(new PartialRule(), findings, Code, code);

    [Theory]
    [InlineData("namespace Tipi.Hosting.Idle; class Example;", 0)]
    [InlineData("namespace Tipi.Hosting.Idle; class Example<T>;", 0)]
    [InlineData("namespace Tipi.Hosting; class Example;", 1)]
    [InlineData("namespace Tipi.Hosting.Idle; class Other;", 1)]
    [InlineData("namespace Tipi.Hosting.Idle; class Example; class Other;", 1)]
    [InlineData("namespace Tipi.Hosting.Idle; class Example; file class Other;", 0)]
    [InlineData("class Example;", 1)]
    [InlineData("using System;", 0)]
    public void Places(string code, int findings) => Finds(new PlaceRule(), findings, Code, code);

    [Theory]
    [InlineData("namespace Tipi.Tests.Cases; class Example;", 0)]
    [InlineData("namespace Cases; class Example;", 1)]
    public void Places_of_shared_sources(string code, int findings) =>
        Finds(new PlaceRule(), findings, "tests/Cases/Example.cs", code);

    [Fact]
    public void Places_are_not_deep() =>
        Finds(new PlaceRule(), 1, "src/Tipi.Hosting/A/B/C/D.cs", "namespace Tipi.Hosting.A.B.C; class D;");

    [Theory]
    [InlineData("class Example;", 1)]
    [InlineData("record Example(int X);", 1)]
    [InlineData("sealed class Example { class Inner; }", 1)]
    [InlineData("abstract class Example;", 0)]
    [InlineData("static class Example;", 0)]
    [InlineData("record struct Example(int X);", 0)]
    [InlineData("interface IExample;", 0)]
    public void Seals(string code, int findings) => Finds(new SealedRule(), findings, Code, code);

    [Theory]
    [InlineData(120, 1, 0)]
    [InlineData(121, 1, 1)]
    [InlineData(10, 450, 0)]
    [InlineData(10, 451, 1)]
    public void Shapes(int columns, int lines, int findings)
    {
        var line = "//" + new string('x', columns - 2) + "\n";

        Finds(new ShapeRule(), findings, Code, string.Concat(Enumerable.Repeat(line, lines)));
    }

    [Theory]
    [InlineData(67, 0)]
    [InlineData(68, 1)]
    public void Shapes_of_functions(int statements, int findings)
    {
        var body = string.Concat(Enumerable.Repeat("F();\n", statements));

        Finds(new ShapeRule(), findings, Code, $"class X {{\nvoid F()\n{{\n{body}}}\n}}");
    }

    [Theory]
    [InlineData("async void F() => await G();", 1)]
    [InlineData("void F() { async void G() { } }", 1)]
    [InlineData("void F() { _ = Task.Run(G); }", 1)]
    [InlineData("void F() { Task.Run(G); }", 1)]
    [InlineData("void F() { _ = stream.FlushAsync(); }", 1)]
    [InlineData("void F() { task.ContinueWith(G); }", 1)]
    [InlineData("async Task F() { await Task.Run(G); }", 0)]
    [InlineData("void F() { _running = RunAsync(); }", 0)]
    [InlineData("void F() { _ = int.Parse(text); }", 0)]
    [InlineData("void F() { loop.Run(); }", 0)]
    public void Tasks(string member, int findings) => Finds(new TaskRule(), findings, Code, $"class X {{ {member} }}");

    [Theory]
    [InlineData("README.md", "Look into /tmp/tipi.", 1)]
    [InlineData(".ci/run", "cd /root/tipi", 1)]
    [InlineData("README.md", @"Look into C:\Users\ada.", 1)]
    [InlineData(Code, "\"X:\\tvalue\"", 0)]
    [InlineData(Code, "// TODO: the rest", 1)]
    [InlineData(Code, "throw new NotImplementedException();", 1)]
    [InlineData("README.md", "Look at /todos and /proc/self/status, bin/work/x.", 0)]
    public void Texts(string path, string text, int findings) => Finds(new TextRule(), findings, path, text);

    [Theory]
    [InlineData("unsafe class X;", 1)]
    [InlineData("// Pinned by the caller until completion.\nunsafe class X;", 0)]
    [InlineData("// Why not.\nunsafe class X;", 1)]
    [InlineData("class X { unsafe void F() { } }", 1)]
    [InlineData("/// <summary>The ring owns this memory.</summary>\nclass X { unsafe void F() { } }", 1)]
    [InlineData("class X { /// <summary>The ring owns this memory.</summary>\nunsafe void F() { } }", 0)]
    [InlineData("class X { void F() { unsafe { G(); } } }", 1)]
    [InlineData("class X { void F()\n{\nunsafe\n{\n// The span ends before the memory does.\nG(); } } }", 0)]
    public void Unsafe_code(string code, int findings) => Finds(new UnsafeRule(), findings, Code, code);

    [Theory]
    [InlineData("src/Tipi.Transport.Uring/Tipi.Transport.Uring.csproj", 0)]
    [InlineData("tests/Tipi.Transport.Uring.Tests/Tipi.Transport.Uring.Tests.csproj", 0)]
    [InlineData("src/Tipi.Hosting/Tipi.Hosting.csproj", 1)]
    public void Unsafe_projects(string path, int findings) =>
        Finds(new UnsafeRule(), findings, path, "<AllowUnsafeBlocks>true</AllowUnsafeBlocks>");

    [Theory]
    [InlineData("Http1", "using Tipi.Hosting.Http2;", 1)]
    [InlineData("Http2", "class X { Http1Connection _other; }", 1)]
    [InlineData("Exchange", "using Tipi.Protocols.Http1;", 1)]
    [InlineData("Features", "class X { object F() => new Http2Stream(); }", 1)]
    [InlineData("Exchange", "// Http1 answers this.\nclass X;", 0)]
    [InlineData("Http1", "class Http1Connection;", 0)]
    [InlineData("Endpoints", "class X { Http1Connection A; Http2Connection B; }", 0)]
    public void Versions(string folder, string code, int findings) =>
        Finds(new VersionRule(), findings, $"src/Tipi.Hosting/{folder}/Example.cs", code);

    private static void Finds(IRule rule, int findings, string path, string text) =>
        Assert.Equal(findings, rule.Check([Example.At(path, text)]).Count());
}
