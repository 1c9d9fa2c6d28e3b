@echo off
rem Verified by review, and by the Windows job of the CI workflow.
powershell -NoLogo -NoProfile -ExecutionPolicy Bypass -File "%~dp0build.ps1" %*
exit /b %ERRORLEVEL%
