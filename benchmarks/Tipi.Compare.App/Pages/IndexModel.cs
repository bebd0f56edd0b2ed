using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Tipi.Compare.App.Pages;

/// <summary>A page with a list of 20 names.</summary>
public sealed class IndexModel : PageModel
{
    public string Title => "Names";

    public IReadOnlyList<string> Names { get; private set; } = [];

    public async Task OnGetAsync()
    {
        await Task.Yield();
        Names = [.. Enumerable.Range(1, 20).Select(number => $"Name {number} & others")];
    }
}
