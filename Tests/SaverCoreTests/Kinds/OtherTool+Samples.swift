extension OtherTool {
    static let all: [OtherTool] = [
        blame, curl, terraform, dockerBuildKit, goTest, mavenBuild, gradleBuild, mypy, flake8, eslint, journal,
        describe,
        pipInstall, aptInstall, processes, cargoBuild, pytestVerbose, makeQuiet, findLong, typescript,
    ]

    private static let blame = OtherTool(
        "git blame",
        command: "git blame src/store.py",
        least: 30,
        facts: [
            "def put(self, key, value):", "raise KeyError(key)", "a1b2c3d4", "Mira Holt", "2025-03-14", "5e6f7a8b",
            "^0f1e2d3", "Jon Abara",
        ],
        (1...40).map { number in
            let author =
                number % 9 < 6
                ? "a1b2c3d4 (Mira Holt         2025-03-14 09:12:33 +0100"
                : "5e6f7a8b (Jon Abara         2025-06-02 17:40:01 +0200"
            let code =
                number == 7 ? "def put(self, key, value):" : number == 8 ? "raise KeyError(key)" : "step_\(number)()"
            let head = number == 1 ? "^0f1e2d3 (Mira Holt         2024-01-02 08:00:00 +0100" : author
            return "\(head) \(number < 10 ? " " : "")\(number))     \(code)"
        }
    )

    private static let curl = OtherTool(
        "curl -v",
        command: "curl -v https://api.example.com/v1/jobs/17",
        least: 50,
        facts: [
            "> GET /v1/jobs/17 HTTP/2", "> Host: api.example.com", "< HTTP/2 503", "< retry-after: 30",
            "< content-type: application/json", #"{"error":"overloaded","request_id":"req_83"}"#,
            "*  subject: CN=api.example.com", "*  expire date: Feb  1 12:00:00 2027 GMT",
            "*  SSL certificate verify ok.",
        ],
        [
            "* Host api.example.com:443 was resolved.", "* IPv6: (none)", "* IPv4: 203.0.113.7",
            "*   Trying 203.0.113.7:443...",
            "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current",
            "                                 Dload  Upload   Total   Spent    Left  Speed",
            "  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0",
            "* Connected to api.example.com (203.0.113.7) port 443", "* ALPN: curl offers h2,http/1.1",
            "} [5 bytes data]", "* TLSv1.3 (OUT), TLS handshake, Client hello (1):", "} [512 bytes data]",
            "*  CAfile: /etc/ssl/certs/ca-certificates.crt", "*  CApath: /etc/ssl/certs", "{ [5 bytes data]",
            "* TLSv1.3 (IN), TLS handshake, Server hello (2):", "{ [122 bytes data]",
            "* TLSv1.3 (IN), TLS handshake, Encrypted Extensions (8):", "{ [19 bytes data]",
            "* TLSv1.3 (IN), TLS handshake, Certificate (11):", "{ [2588 bytes data]",
            "* TLSv1.3 (IN), TLS handshake, CERT verify (15):", "{ [79 bytes data]",
            "* TLSv1.3 (IN), TLS handshake, Finished (20):", "{ [36 bytes data]",
            "* TLSv1.3 (OUT), TLS change cipher, Change cipher spec (1):", "} [1 bytes data]",
            "* TLSv1.3 (OUT), TLS handshake, Finished (20):", "} [36 bytes data]",
            "* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384 / X25519 / RSASSA-PSS",
            "* ALPN: server accepted h2",
            "* Server certificate:", "*  subject: CN=api.example.com", "*  start date: Nov  3 12:00:00 2026 GMT",
            "*  expire date: Feb  1 12:00:00 2027 GMT", "*  issuer: C=US; O=Example CA; CN=R1",
            "*  SSL certificate verify ok.", "* using HTTP/2",
            "* [HTTP/2] [1] OPENED stream for https://api.example.com/v1/jobs/17",
            "* [HTTP/2] [1] [:method: GET]", "* [HTTP/2] [1] [:scheme: https]",
            "* [HTTP/2] [1] [:authority: api.example.com]",
            "* [HTTP/2] [1] [:path: /v1/jobs/17]", "* [HTTP/2] [1] [user-agent: curl/8.9.1]",
            "* [HTTP/2] [1] [accept: */*]",
            "} [5 bytes data]", "> GET /v1/jobs/17 HTTP/2", "> Host: api.example.com", "> User-Agent: curl/8.9.1",
            "> Accept: */*", "> ", "* Request completely sent off", "{ [5 bytes data]",
            "* TLSv1.3 (IN), TLS handshake, Newsession Ticket (4):", "{ [281 bytes data]",
            "* old SSL session ID is stale, removing", "{ [5 bytes data]", "< HTTP/2 503 ",
            "< content-type: application/json",
            "< retry-after: 30", "< date: Fri, 27 Nov 2026 10:00:00 GMT", "< ", "{ [43 bytes data]",
            "100    43  100    43    0     0    312      0 --:--:-- --:--:-- --:--:--   314",
            "* Connection #0 to host api.example.com left intact", #"{"error":"overloaded","request_id":"req_83"}"#,
        ]
    )

    private static let terraform = OtherTool(
        "terraform plan",
        command: "terraform plan -no-color",
        least: 40,
        facts: [
            "# aws_instance.web[2] will be created", #"+ instance_type = "t3.micro""#,
            "# aws_security_group.db must be replaced",
            #"~ name = "db" -> "db-v2" # forces replacement"#, "- ingress",
            "Plan: 4 to add, 1 to change, 1 to destroy.",
            "Warning: Argument is deprecated", "on main.tf line 12", "arn", "private_dns",
        ],
        (0..<30).map { "aws_instance.web[\($0)]: Refreshing state... [id=i-0\(1_000_003 * ($0 + 7))]" }
            + [
                "data.aws_ami.base: Reading...", "data.aws_ami.base: Read complete after 1s [id=ami-0abc]", "",
                "Terraform used the selected providers to generate the following execution plan. Resource actions are indicated with the following symbols:",
                "  + create", "  ~ update in-place", "-/+ destroy and then create replacement", "",
                "Terraform will perform the following actions:", "",
            ]
            + (2..<5).flatMap { number in
                [
                    "  # aws_instance.web[\(number)] will be created", "  + resource \"aws_instance\" \"web\" {",
                    "      + ami                                  = \"ami-0abc\"",
                    "      + arn                                  = (known after apply)",
                    "      + associate_public_ip_address          = (known after apply)",
                    "      + availability_zone                    = (known after apply)",
                    "      + cpu_core_count                       = (known after apply)",
                    "      + id                                   = (known after apply)",
                    "      + instance_state                       = (known after apply)",
                    "      + instance_type                        = \"t3.micro\"",
                    "      + private_dns                          = (known after apply)",
                    "      + private_ip                           = (known after apply)",
                    "      + public_dns                           = (known after apply)", "    }", "",
                ]
            }
            + [
                "  # aws_security_group.db must be replaced", "-/+ resource \"aws_security_group\" \"db\" {",
                "      ~ arn                    = \"arn:aws:ec2:eu-1:1:sg/sg-1\" -> (known after apply)",
                "      ~ name                   = \"db\" -> \"db-v2\" # forces replacement", "      - ingress {",
                "          - from_port = 5432 -> null", "        }", "        # (6 unchanged attributes hidden)", "",
                "        # (2 unchanged blocks hidden)", "    }", "", "Plan: 4 to add, 1 to change, 1 to destroy.", "",
                "Warning: Argument is deprecated", "", "  on main.tf line 12, in resource \"aws_instance\" \"web\":",
                "  12:   security_groups = [\"db\"]", "",
            ]
    )

    private static let dockerBuildKit = OtherTool(
        "docker build with BuildKit",
        command: "docker build .",
        least: 35,
        facts: [
            "#9 [build 4/6] RUN npm ci", "npm error code ERESOLVE", "Dockerfile:14",
            #"ERROR: failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1"#,
        ],
        [
            "#0 building with \"default\" instance using docker driver", "",
            "#1 [internal] load build definition from Dockerfile",
            "#1 transferring dockerfile: 612B done", "#1 DONE 0.0s", "",
            "#2 [internal] load metadata for docker.io/library/node:22",
            "#2 DONE 1.1s", "", "#3 [internal] load .dockerignore", "#3 transferring context: 2B done", "#3 DONE 0.0s",
            "",
            "#4 [build 1/6] FROM docker.io/library/node:22@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "#4 resolve docker.io/library/node:22@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0 done",
        ]
            + (1..<16).flatMap { part in
                (0..<3).map {
                    "#4 sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f\(part) \($0 * 9).43MB / 27.00MB \($0).\(part)s"
                }
            }
            + [
                "#4 extracting sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f0 2.1s done", "#4 DONE 9.8s", "",
                "#5 [internal] load build context", "#5 transferring context: 1.20MB 0.1s done", "#5 DONE 0.1s", "",
                "#6 [build 2/6] WORKDIR /app", "#6 CACHED", "", "#9 [build 4/6] RUN npm ci",
                "#9 1.201 npm error code ERESOLVE",
                "#9 1.202 npm error ERESOLVE could not resolve",
                "#9 ERROR: process \"/bin/sh -c npm ci\" did not complete successfully: exit code: 1", "------",
                " > [build 4/6] RUN npm ci:", "1.201 npm error code ERESOLVE", "------", "Dockerfile:14",
                "--------------------",
                "  14 | >>> RUN npm ci", "--------------------",
                "ERROR: failed to solve: process \"/bin/sh -c npm ci\" did not complete successfully: exit code: 1",
            ]
    )

    private static let goTest = OtherTool(
        "go test -v",
        command: "go test -v ./...",
        least: 60,
        facts: [
            "--- FAIL: TestParse/unclosed_quote (0.00s)", "parse_test.go:48: got 3 fields, want 2",
            "FAIL example.com/csv 0.412s",
            "--- SKIP: TestNetwork (0.00s)", "net_test.go:12: no network", "ok example.com/csv/io 0.031s",
        ],
        (0..<40).flatMap { ["=== RUN   TestRow/case_\($0)", "    --- PASS: TestRow/case_\($0) (0.00s)"] }
            + [
                "=== RUN   TestParse/unclosed_quote", "    parse_test.go:48: got 3 fields, want 2",
                "--- FAIL: TestParse (0.01s)",
                "    --- FAIL: TestParse/unclosed_quote (0.00s)", "=== RUN   TestNetwork",
                "    net_test.go:12: no network",
                "--- SKIP: TestNetwork (0.00s)", "FAIL", "FAIL\texample.com/csv\t0.412s",
                "ok  \texample.com/csv/io\t0.031s", "FAIL",
            ]
    )

    private static let mavenBuild = OtherTool(
        "mvn package",
        command: "mvn package",
        least: 60,
        facts: [
            "[ERROR] /home/dev/shop/src/main/java/shop/Cart.java:[31,17] cannot find symbol", "symbol: variable totl",
            "[INFO] BUILD FAILURE",
            "[WARNING] /home/dev/shop/src/main/java/shop/Old.java:[9,3] [deprecation] stop() in Thread has been deprecated",
            "Tests run: 14, Failures: 0",
        ],
        [
            "[INFO] Scanning for projects...", "[INFO] ",
            "[INFO] --------------------------< shop:shop >--------------------------",
        ]
            + (0..<40).map {
                "Downloading from central: https://repo.example.com/org/lib\($0)/1.\($0)/lib\($0)-1.\($0).pom"
            }
            + (0..<40).map {
                "Downloaded from central: https://repo.example.com/org/lib\($0)/1.\($0)/lib\($0)-1.\($0).pom (2.\($0) kB at 31 kB/s)"
            }
            + [
                "[INFO] --- compiler:3.13.0:compile (default-compile) @ shop ---",
                "[INFO] Changes detected - recompiling the module!",
                "[INFO] Compiling 41 source files with javac [debug target 21] to target/classes",
                "[WARNING] /home/dev/shop/src/main/java/shop/Old.java:[9,3] [deprecation] stop() in Thread has been deprecated",
                "[ERROR] /home/dev/shop/src/main/java/shop/Cart.java:[31,17] cannot find symbol",
                "  symbol:   variable totl",
                "  location: class shop.Cart", "[INFO] Tests run: 14, Failures: 0, Errors: 0, Skipped: 0",
                "[INFO] ------------------------------------------------------------------------",
                "[INFO] BUILD FAILURE",
                "[INFO] ------------------------------------------------------------------------",
                "[INFO] Total time:  4.212 s",
            ]
    )

    private static let gradleBuild = OtherTool(
        "gradle build",
        command: "./gradlew build",
        least: 40,
        facts: [
            "> Task :app:compileJava FAILED", "/home/dev/app/src/main/java/A.java:12: error: ';' expected",
            "BUILD FAILED in 3s", "17 actionable tasks: 9 executed, 8 up-to-date", "* What went wrong:",
            "Execution failed for task ':app:compileJava'.", "1 error",
        ],
        (0..<34).map { "> Task :lib\($0):\($0 % 2 == 0 ? "compileJava UP-TO-DATE" : "processResources NO-SOURCE")" }
            + [
                "> Task :app:compileJava FAILED", "/home/dev/app/src/main/java/A.java:12: error: ';' expected",
                "        int x = 1",
                "                 ^", "1 error", "", "FAILURE: Build failed with an exception.", "",
                "* What went wrong:",
                "Execution failed for task ':app:compileJava'.",
                "> Compilation failed; see the compiler error output for details.", "",
                "BUILD FAILED in 3s", "17 actionable tasks: 9 executed, 8 up-to-date",
            ]
    )
}
