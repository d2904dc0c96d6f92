using Microsoft.Extensions.Logging.Console;

namespace UserReports.Server.Terminals;

/// <summary>The log on the console, in which no text of other people steers the terminal that shows it.</summary>
/// <remarks>Its settings are those of the console, <c>Logging:Console</c>.</remarks>
[ProviderAlias("Console")]
internal sealed class VisibleLogs(ILoggerProvider console) : ILoggerProvider, ISupportExternalScope
{
    public ILogger CreateLogger(string categoryName) => new VisibleLogger(console.CreateLogger(categoryName));

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) =>
        (console as ISupportExternalScope)?.SetScopeProvider(scopeProvider);

    public void Dispose() => console.Dispose();

    private sealed class VisibleLogger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) =>
            inner.Log(
                logLevel,
                eventId,
                state,
                exception is null ? null : new VisibleException(exception),
                (written, _) => VisibleText.OfLines(formatter(written, exception))
            );
    }

    /// <summary>An exception as the log writes it.</summary>
    private sealed class VisibleException(Exception inner) : Exception(VisibleText.OfLines(inner.Message), inner)
    {
        public override string ToString() => VisibleText.OfLines(InnerException!.ToString());
    }
}

/// <summary>Puts <see cref="VisibleLogs"/> in the console log's place.</summary>
internal static class VisibleLogging
{
    /// <summary>To be called when the console log has been added, if there is to be one.</summary>
    public static ILoggingBuilder ShowControlCharacters(this ILoggingBuilder logging)
    {
        var consoles = logging.Services.Where(IsConsole).ToList();
        foreach (var console in consoles)
        {
            logging.Services.Remove(console);
            logging.Services.AddSingleton<ILoggerProvider>(services => new VisibleLogs(
                ActivatorUtilities.CreateInstance<ConsoleLoggerProvider>(services)
            ));
        }

        return logging;
    }

    private static bool IsConsole(ServiceDescriptor service) =>
        service.ServiceType == typeof(ILoggerProvider) && service.ImplementationType == typeof(ConsoleLoggerProvider);
}
