namespace UserReports.Core.Query.Syntax;

/// <summary>Reads the query language: recursive descent over the text, one method per rule of the grammar.</summary>
/// <remarks>
/// <code>
/// query = [ or ] ; or = and { "OR" and } ; and = unary { ["AND"] unary }
/// unary = "NOT" unary | "(" or ")" | term ; term = [ path ":" ] value
/// </code>
/// </remarks>
internal sealed class QueryParser
{
    private readonly string text;
    private int position;
    private int depth;
    private int terms;

    private QueryParser(string text) => this.text = text;

    /// <summary>The tree of the text, or null for a text without terms.</summary>
    /// <exception cref="QueryFault">The text does not follow the grammar or is too long.</exception>
    public static QuerySyntax? Parse(string text)
    {
        if (text.Length > QueryBounds.LengthMax)
        {
            throw QueryFault.Of(
                QueryErrorCode.QueryTooComplex,
                $"The query has {text.Length} characters; {QueryBounds.LengthMax} are allowed.",
                "",
                QueryBounds.LengthMax
            );
        }

        CheckCharacters(text);
        var parser = new QueryParser(text);
        parser.SkipSpace();
        if (parser.AtEnd)
            return null;
        var query = parser.Or();
        if (!parser.AtEnd)
            throw parser.Unexpected();
        return query;
    }

    /// <summary>No stored text holds these, and not every driver passes them on whole.</summary>
    private static void CheckCharacters(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (text[i] == '\0' || char.IsSurrogate(text[i]))
                throw Fault("The query holds a character that no text can hold; remove it.", text[i].ToString(), i);
        }
    }

    private bool AtEnd => position == text.Length;

    private QuerySyntax Or()
    {
        List<QuerySyntax> parts = [And()];
        while (Keyword("OR"))
            parts.Add(And());
        return parts.Count == 1 ? parts[0] : new QuerySyntax.Or(parts);
    }

    private QuerySyntax And()
    {
        List<QuerySyntax> parts = [Unary()];
        while (true)
        {
            if (!Keyword("AND") && (AtEnd || text[position] == ')' || PeekKeyword("OR")))
                return parts.Count == 1 ? parts[0] : new QuerySyntax.And(parts);
            parts.Add(Unary());
        }
    }

    private QuerySyntax Unary()
    {
        if (Keyword("NOT"))
        {
            Deeper();
            var part = Unary();
            depth--;
            return new QuerySyntax.Not(part);
        }

        if (AtEnd || text[position] != '(')
            return Term();

        var open = position;
        Deeper();
        Skip();
        var inner = Or();
        if (AtEnd)
            throw Fault("The parenthesis is not closed; add \")\".", "(", open);
        if (text[position] != ')')
            throw Unexpected();
        Skip();
        depth--;
        return inner;
    }

    private QuerySyntax.Term Term()
    {
        if (++terms > QueryBounds.TermsMax)
        {
            throw QueryFault.Of(
                QueryErrorCode.QueryTooComplex,
                $"The query has more than {QueryBounds.TermsMax} terms.",
                "",
                position
            );
        }

        var start = position;
        if (AtEnd || text[position] is ')' or ':' || PeekKeyword("AND") || PeekKeyword("OR"))
            throw Unexpected();
        if (text[position] is '"' or '\'')
            return new(null, start, Quoted());

        var word = Path();
        if (AtEnd || text[position] != ':')
        {
            if (word.IndexOfAny(['"', '\'']) >= 0 && PathText.Split(word) is not [_])
                throw Fault("A value is missing behind the path: write path:value.", word, start);
            SkipSpace();
            return new(null, start, new(word, false, start));
        }

        position++;
        return new(word, start, Value());
    }

    private ValueText Value()
    {
        var start = position;
        if (!AtEnd && text[position] is '"' or '\'')
            return Quoted();
        var word = Word();
        if (!AtEnd && text[position] is ':' or '(')
        {
            throw Fault(
                $"A value that holds \"{text[position]}\" must be quoted, for example \"2026-01-31T12:00:00Z\".",
                text[position].ToString(),
                position
            );
        }

        SkipSpace();
        return new(word, false, start);
    }

    private ValueText Quoted()
    {
        var start = position;
        var value = EndQuote();
        if (!AtEnd && !char.IsWhiteSpace(text[position]) && text[position] is not (')' or '('))
        {
            throw Fault(
                text[position] == ':'
                    ? "A path begins without quotes; only keys of free-form details may stand in them."
                    : "A space is missing after the quoted value.",
                text[start..position],
                start
            );
        }

        SkipSpace();
        return new(value, true, start);
    }

    /// <summary>What is in the quotes that open here; behind them it goes on.</summary>
    private string EndQuote()
    {
        var start = position;
        return QuotedText.Read(text, start, out position)
            ?? throw Fault($"The quote is not closed; add {text[start]}.", text[start].ToString(), start);
    }

    /// <summary>A word in which keys may be quoted.</summary>
    private string Path()
    {
        var start = position;
        while (!AtEnd && !char.IsWhiteSpace(text[position]) && text[position] is not (':' or '(' or ')'))
        {
            if (PathText.IsQuoteOfSegment(text, start, position))
                EndQuote();
            else
                position++;
        }

        return text[start..position];
    }

    private string Word()
    {
        var start = position;
        while (!AtEnd && !char.IsWhiteSpace(text[position]) && text[position] is not (':' or '(' or ')'))
            position++;
        return text[start..position];
    }

    private bool Keyword(string keyword)
    {
        if (!PeekKeyword(keyword))
            return false;
        position += keyword.Length;
        SkipSpace();
        return true;
    }

    private bool PeekKeyword(string keyword)
    {
        if (string.CompareOrdinal(text, position, keyword, 0, keyword.Length) != 0)
            return false;
        var end = position + keyword.Length;
        return end == text.Length || char.IsWhiteSpace(text[end]) || text[end] is '(' or ')';
    }

    private void Deeper()
    {
        if (++depth > QueryBounds.DepthMax)
        {
            throw QueryFault.Of(
                QueryErrorCode.QueryTooComplex,
                $"The query is nested deeper than {QueryBounds.DepthMax} levels.",
                "",
                position
            );
        }
    }

    private void Skip()
    {
        position++;
        SkipSpace();
    }

    private void SkipSpace()
    {
        while (!AtEnd && char.IsWhiteSpace(text[position]))
            position++;
    }

    private QueryFault Unexpected()
    {
        if (AtEnd)
            return Fault("The query ends where a term was expected.", "", position);
        var at = position;
        return text[at] switch
        {
            ')' => Fault("There is no open parenthesis to close here.", ")", at),
            ':' => Fault("A path is missing before \":\".", ":", at),
            '(' => Fault("A parenthesis does not fit here; a value was expected.", "(", at),
            _ => Fault($"A term was expected before \"{Word()}\".", text[at..position], at),
        };
    }

    private static QueryFault Fault(string message, string found, int at) =>
        QueryFault.Of(QueryErrorCode.BadSyntax, message, found, at);
}
