# Exact versions, so that a build is the same tomorrow; a digest would be better still and is the registry's to give.
FROM mcr.microsoft.com/dotnet/sdk:10.0.401 AS build
WORKDIR /source
COPY . .
# The image is built without the history, so a release says its version: docker build --build-arg VERSION=0.2.0 .
ARG VERSION=
RUN dotnet publish src/UserReports.Server -c Release --use-current-runtime --no-self-contained -o /app --nologo \
    ${VERSION:+-p:MinVerVersionOverride=$VERSION}

FROM mcr.microsoft.com/dotnet/aspnet:10.0.12
WORKDIR /app
COPY --from=build /app .
RUN install -d -m 700 -o $APP_UID /data
# With a file system that is read only there is nowhere to put the socket of the runtime's diagnostics.
ENV USERREPORTS__Store="Data Source=/data/reports.duckdb" ASPNETCORE_URLS=http://+:8080 DOTNET_EnableDiagnostics=0
VOLUME /data
EXPOSE 8080
USER $APP_UID
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["dotnet", "user-reports.dll", "health"]
ENTRYPOINT ["dotnet", "user-reports.dll"]
CMD ["serve"]
