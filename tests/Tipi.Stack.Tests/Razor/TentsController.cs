using Microsoft.AspNetCore.Mvc;

namespace Tipi.Stack.Tests.Razor;

/// <summary>Views of a list, with layout and partial views, and of a page that leaves in pieces.</summary>
public sealed class TentsController : Controller
{
    internal const int Pieces = 20;
    internal const int PieceLength = 30_000;

    private static readonly string[] s_tents = ["small", "large & <wide>", "café ⛺", "old"];

    [HttpGet("tents/{most:int}")]
    public IActionResult List(int most)
    {
        IReadOnlyList<string> tents = [.. s_tents.Take(most)];
        return View(tents);
    }

    [HttpGet("large")]
    public IActionResult Large() => View();
}
