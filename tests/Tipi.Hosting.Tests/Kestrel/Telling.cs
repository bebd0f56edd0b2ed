namespace Tipi.Hosting.Tests.Kestrel;

/// <summary>The ways in which code tells Kestrel something, beside UseTipi.</summary>
public enum Telling
{
    ConfigureKestrelBefore,
    ConfigureKestrelAfter,
    ConfigureKestrelWithContext,
    UseKestrelBefore,
    ServicesBefore,
    ServicesAfter,
    PostConfigure,
    OptionsClass,
}
