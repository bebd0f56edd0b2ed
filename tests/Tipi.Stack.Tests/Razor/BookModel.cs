using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Tipi.Stack.Tests.Razor;

/// <summary>A page that shows a form, shows it again with what is wrong, or redirects to itself.</summary>
public sealed class BookModel : PageModel
{
    [BindProperty]
    public Booking Booking { get; set; } = new();

    [TempData]
    public string? Told { get; set; }

    public IActionResult OnPost()
    {
        if (!ModelState.IsValid) return Page();
        Told = $"{Booking.Name} stays {Booking.Nights}";
        return RedirectToPage();
    }
}
