using System.Globalization;
using System.Xml;

namespace UserReports.Server.Export;

/// <summary>What a workbook of one sheet holds beside its rows (ECMA-376).</summary>
internal static class XlsxParts
{
    public const string Sheet = "xl/worksheets/sheet1.xml";

    /// <summary>Number of the style of instants.</summary>
    public const string InstantStyle = "1";

    /// <summary>Number of the style of headers.</summary>
    public const string HeaderStyle = "2";

    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Types = "application/vnd.openxmlformats-officedocument.spreadsheetml";

    public static readonly IReadOnlyList<(string Name, string Text)> All =
    [
        (
            "[Content_Types].xml",
            $"""
            <?xml version="1.0" encoding="utf-8"?>
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
            <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
            <Override PartName="/xl/workbook.xml" ContentType="{Types}.sheet.main+xml"/>
            <Override PartName="/{Sheet}" ContentType="{Types}.worksheet+xml"/>
            <Override PartName="/xl/styles.xml" ContentType="{Types}.styles+xml"/>
            </Types>
            """
        ),
        (
            "_rels/.rels",
            $"""
            <?xml version="1.0" encoding="utf-8"?>
            <Relationships xmlns="{Relations}">
            <Relationship Id="rId1" Type="{Office}/officeDocument" Target="xl/workbook.xml"/>
            </Relationships>
            """
        ),
        (
            "xl/workbook.xml",
            $"""
            <?xml version="1.0" encoding="utf-8"?>
            <workbook xmlns="{Main}" xmlns:r="{Office}">
            <sheets><sheet name="Reports" sheetId="1" r:id="rId1"/></sheets>
            </workbook>
            """
        ),
        (
            "xl/_rels/workbook.xml.rels",
            $"""
            <?xml version="1.0" encoding="utf-8"?>
            <Relationships xmlns="{Relations}">
            <Relationship Id="rId1" Type="{Office}/worksheet" Target="worksheets/sheet1.xml"/>
            <Relationship Id="rId2" Type="{Office}/styles" Target="styles.xml"/>
            </Relationships>
            """
        ),
        (
            "xl/styles.xml",
            $"""
            <?xml version="1.0" encoding="utf-8"?>
            <styleSheet xmlns="{Main}">
            <numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>
            <fonts count="2">
            <font><sz val="11"/><name val="Calibri"/></font>
            <font><b/><sz val="11"/><name val="Calibri"/></font>
            </fonts>
            <fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
            <borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
            <cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
            <cellXfs count="3">
            <xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
            <xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
            <xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>
            </cellXfs>
            </styleSheet>
            """
        ),
    ];

    /// <summary>Everything before the first row: the frozen header and the widths.</summary>
    public static void BeginSheet(XmlWriter sheet, IEnumerable<int> widths)
    {
        sheet.WriteStartElement("worksheet", Main);
        sheet.WriteRaw(
            """
            <sheetViews><sheetView workbookViewId="0" tabSelected="1">
            <pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>
            </sheetView></sheetViews><cols>
            """
        );
        foreach (var (i, width) in widths.Index())
        {
            sheet.WriteRaw(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"<col min=\"{i + 1}\" max=\"{i + 1}\" width=\"{width}\" customWidth=\"1\"/>"
                )
            );
        }

        sheet.WriteRaw("</cols>");
        sheet.WriteStartElement("sheetData");
    }

    /// <summary>Everything after the last row.</summary>
    /// <param name="range">All cells, the header included.</param>
    public static void EndSheet(XmlWriter sheet, string range)
    {
        sheet.WriteEndElement();
        sheet.WriteRaw($"<autoFilter ref=\"{range}\"/>");
        sheet.WriteEndElement();
    }
}
