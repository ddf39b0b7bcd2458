extension OtherTool {
    static let mypy = OtherTool(
        "mypy",
        command: "mypy src",
        least: 25,
        facts: [
            "src/shop/cart.py:7: error: Function is missing a type annotation  [no-untyped-def]",
            "src/shop/cart.py:61: error: Incompatible return value type (got \"str\", expected \"int\")  [return-value]",
            "src/shop/mail.py:12: note: See https://example.com/docs",
            "Found 46 errors in 2 files (checked 31 source files)",
        ],
        (0..<30).map {
            "src/shop/cart.py:\($0 * 3 + 4): error: "
                + ($0 == 19
                    ? "Incompatible return value type (got \"str\", expected \"int\")  [return-value]"
                    : "Function is missing a type annotation  [no-untyped-def]")
        }
            + (0..<15).map {
                "src/shop/mail.py:\($0 * 2 + 11): error: Missing type parameters for generic type \"dict\"  [type-arg]"
            }
            + [
                "src/shop/mail.py:12: note: See https://example.com/docs",
                "Found 46 errors in 2 files (checked 31 source files)",
            ]
    )

    static let flake8 = OtherTool(
        "flake8",
        command: "flake8 .",
        least: 20,
        facts: [
            "./src/a.py:9:80: E501 line too long (97 > 79 characters)", "./src/b.py:3:1: F401 'os' imported but unused",
        ],
        (0..<40).map { "./src/a.py:\($0 * 4 + 1):80: E501 line too long (\(87 + $0 * 5 % 23) > 79 characters)" }
            + ["./src/b.py:3:1: F401 'os' imported but unused"]
    )

    static let eslint = OtherTool(
        "eslint",
        command: "npx eslint .",
        least: 10,
        facts: [
            "/home/dev/web/src/cart.js", "12:5  error  'total' is assigned a value but never used  no-unused-vars",
            "40:1  warning  Unexpected console statement", "✖ 45 problems (30 errors, 15 warnings)",
        ],
        (0..<3).flatMap { file in
            ["/home/dev/web/src/\(["cart", "mail", "list"][file]).js"]
                + (0..<15).map { row in
                    let place = row == 0 && file == 0 ? " 12:5 " : "\(row * 9 + 31 + file):\(row + 1)".padded(7)
                    return row % 3 == 1
                        ? "  \(file == 0 && row == 1 ? " 40:1 " : place)  warning  Unexpected console statement                            no-console"
                        : "  \(place)  error    'total' is assigned a value but never used            no-unused-vars"
                } + [""]
        } + ["✖ 45 problems (30 errors, 15 warnings)", ""]
    )

    static let journal = OtherTool(
        "journalctl",
        command: "journalctl -u shop --since today",
        least: 70,
        facts: [
            "shop[812]: ERROR payment 77 failed: card declined",
            "systemd[1]: shop.service: Main process exited, code=killed, status=9/KILL",
            "kernel: Out of memory: Killed process 812 (shop)",
        ],
        (0..<120).map {
            "Nov 27 09:\($0 / 60 + 10):\($0 % 60 + 10) web1 shop[812]: INFO served /cart/\($0 * 31) in \($0 % 40) ms"
        }
            + [
                "Nov 27 09:13:00 web1 shop[812]: ERROR payment 77 failed: card declined",
                "Nov 27 09:13:01 web1 kernel: Out of memory: Killed process 812 (shop)",
                "Nov 27 09:13:02 web1 systemd[1]: shop.service: Main process exited, code=killed, status=9/KILL",
            ]
            + (0..<40).map {
                "Nov 27 09:14:\($0 % 60 + 10) web1 shop[990]: INFO served /cart/\($0 * 17) in \($0 % 40) ms"
            }
    )

    static let describe = OtherTool(
        "kubectl describe",
        command: "kubectl describe pod cart-7d9f",
        least: 10,
        facts: [
            "Name: cart-7d9f", "Reason: CrashLoopBackOff", "Exit Code: 137", "Restart Count: 14", "OOMKilled",
            "Warning  BackOff", "Back-off restarting failed container", "memory: 128Mi",
        ],
        [
            "Name:             cart-7d9f", "Namespace:        shop", "Priority:         0", "Service Account:  default",
            "Node:             node-3/10.0.0.3", "Start Time:       Fri, 27 Nov 2026 09:00:00 +0000",
            "Labels:           app=cart",
            "                  pod-template-hash=7d9f", "Annotations:      <none>", "Status:           Running",
            "IP:               10.1.2.3", "IPs:", "  IP:           10.1.2.3", "Controlled By:  ReplicaSet/cart-7d9f",
            "Containers:",
            "  cart:",
            "    Container ID:   containerd://0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "    Image:          registry.example.com/cart:1.9",
            "    Image ID:       registry.example.com/cart@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "    Port:           8080/TCP", "    Host Port:      0/TCP", "    State:          Waiting",
            "      Reason:       CrashLoopBackOff", "    Last State:     Terminated", "      Reason:       OOMKilled",
            "      Exit Code:    137", "    Ready:          False", "    Restart Count:  14", "    Limits:",
            "      memory:  128Mi",
            "    Environment:      <none>", "    Mounts:",
            "      /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-x (ro)",
            "Conditions:", "  Type                        Status", "  PodReadyToStartContainers   True",
            "  Initialized                 True",
            "  Ready                       False", "  ContainersReady             False",
            "Node-Selectors:              <none>",
            "Tolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s",
            "                             node.kubernetes.io/unreachable:NoExecute op=Exists for 300s", "Events:",
            "  Type     Reason   Age                   From     Message",
            "  ----     ------   ----                  ----     -------",
            "  Normal   Pulled   3m (x14 over 61m)     kubelet  Container image \"registry.example.com/cart:1.9\" already present on machine",
            "  Warning  BackOff  81s (x270 over 60m)   kubelet  Back-off restarting failed container cart in pod cart-7d9f_shop",
        ]
    )

    static let pipInstall = OtherTool(
        "pip install",
        command: "pip install -r requirements.txt",
        least: 60,
        facts: [
            "ERROR: pip's dependency resolver does not currently take into account all the packages that are installed.",
            "shop 1.2 requires lib3<4, but you have lib3 4.1 which is incompatible.", "Successfully installed lib0-1.0",
        ],
        (0..<30).flatMap {
            [
                "Collecting lib\($0)>=1.\($0)", "  Downloading lib\($0)-1.\($0)-py3-none-any.whl.metadata (4.\($0) kB)",
                "Downloading lib\($0)-1.\($0)-py3-none-any.whl (63 kB)",
                "   ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 63.7/63.7 kB 2.1 MB/s eta 0:00:00",
            ]
        } + [
            "Installing collected packages: lib0, lib1, lib2",
            "ERROR: pip's dependency resolver does not currently take into account all the packages that are installed.",
            "shop 1.2 requires lib3<4, but you have lib3 4.1 which is incompatible.",
            "Successfully installed lib0-1.0 lib1-1.1 lib2-1.2",
        ]
    )

    static let aptInstall = OtherTool(
        "apt-get install",
        command: "apt-get install -y libfoo-dev",
        least: 60,
        facts: [
            "0 upgraded, 31 newly installed, 0 to remove and 4 not upgraded.",
            "E: Sub-process /usr/bin/dpkg returned an error code (1)",
            "dpkg: error processing package libfoo7 (--configure):", "W: Target Packages is configured multiple times",
        ],
        ["Reading package lists...", "Building dependency tree...", "Reading state information..."]
            + ["0 upgraded, 31 newly installed, 0 to remove and 4 not upgraded."]
            + (0..<31).map {
                "Get:\($0 + 1) http://deb.example.com/debian stable/main amd64 libfoo\($0) amd64 1.\($0) [12\($0) kB]"
            }
            + (0..<31).flatMap {
                [
                    "Selecting previously unselected package libfoo\($0):amd64.",
                    "Preparing to unpack .../\($0)-libfoo\($0)_1.\($0)_amd64.deb ...",
                    "Unpacking libfoo\($0):amd64 (1.\($0)) ...", "Setting up libfoo\($0):amd64 (1.\($0)) ...",
                ]
            }
            + [
                "dpkg: error processing package libfoo7 (--configure):",
                " installed libfoo7 package post-installation script subprocess returned error exit status 1",
                "W: Target Packages is configured multiple times",
                "E: Sub-process /usr/bin/dpkg returned an error code (1)",
            ]
    )

    static let processes = OtherTool(
        "ps aux",
        command: "ps aux",
        least: 20,
        facts: [
            "postgres 412", "/usr/lib/postgresql/16/bin/postgres -D /data", "node 977 98.7",
            "node server.js --port 8080", "[kworker/0:1]",
        ],
        ["USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND"]
            + (0..<60).map {
                "root          \($0 + 20)  0.0  0.0      0     0 ?        I<   Nov26   0:00 [kworker/\($0 % 4):\($0 / 4 + 1)]"
            }
            + [
                "root           9  0.0  0.0      0     0 ?        I<   Nov26   0:00 [kworker/0:1]",
                "postgres     412  0.3  1.2 218000 25000 ?        Ss   Nov26   0:41 /usr/lib/postgresql/16/bin/postgres -D /data",
                "node         977 98.7  9.1 981000 91000 ?        R    09:00  12:31 node server.js --port 8080",
            ]
    )

    static let cargoBuild = OtherTool(
        "cargo build",
        command: "cargo build",
        least: 50,
        facts: [
            "error[E0382]: borrow of moved value: `rows`", "--> src/main.rs:21:14", "warning: unused import: `std::fs`",
            "--> src/io.rs:3:5",
            "error: could not compile `shop` (bin \"shop\") due to 1 previous error; 1 warning emitted",
            "value borrowed here after move",
        ],
        (0..<60).map { "   Compiling lib\($0) v1.\($0).3" }
            + [
                "   Compiling shop v0.1.0 (/home/dev/shop)", "warning: unused import: `std::fs`", " --> src/io.rs:3:5",
                "  |",
                "3 | use std::fs;", "  |     ^^^^^^^", "  |", "  = note: `#[warn(unused_imports)]` on by default", "",
                "error[E0382]: borrow of moved value: `rows`", "  --> src/main.rs:21:14", "   |",
                "18 |     let rows = load();",
                "   |         ---- move occurs because `rows` has type `Vec<Row>`, which does not implement the `Copy` trait",
                "20 |     send(rows);", "   |          ---- value moved here", "21 |     print(&rows);",
                "   |           ^^^^^ value borrowed here after move", "",
                "For more information about this error, try `rustc --explain E0382`.",
                "warning: `shop` (bin \"shop\") generated 1 warning",
                "error: could not compile `shop` (bin \"shop\") due to 1 previous error; 1 warning emitted",
            ]
    )

    static let pytestVerbose = OtherTool(
        "pytest -v",
        command: "python -m pytest -v",
        least: 60,
        facts: [
            "tests/test_cart.py::test_total FAILED", "E       assert 30 == 31", "tests/test_cart.py:18: AssertionError",
            "FAILED tests/test_cart.py::test_total - assert 30 == 31", "1 failed, 60 passed, 1 skipped in 2.31s",
            "tests/test_net.py::test_ping SKIPPED (no network)",
        ],
        ["============================= test session starts ==============================", "collected 62 items", ""]
            + (0..<60).map { "tests/test_list.py::test_case[\($0)] PASSED                              [ \($0)%]" }
            + [
                "tests/test_net.py::test_ping SKIPPED (no network)                        [ 98%]",
                "tests/test_cart.py::test_total FAILED                                    [100%]", "",
                "=================================== FAILURES ===================================",
                "__________________________________ test_total __________________________________", "",
                "    def test_total():",
                "        cart = Cart([10, 20])", ">       assert cart.total() == 31", "E       assert 30 == 31",
                "E        +  where 30 = total()", "", "tests/test_cart.py:18: AssertionError",
                "=========================== short test summary info ============================",
                "FAILED tests/test_cart.py::test_total - assert 30 == 31",
                "=================== 1 failed, 60 passed, 1 skipped in 2.31s ====================",
            ]
    )

    static let makeQuiet = OtherTool(
        "cmake and ninja",
        command: "cmake --build build",
        least: 60,
        facts: [
            "/home/dev/app/src/list.cpp:40:9: error: 'rows' was not declared in this scope",
            "FAILED: CMakeFiles/app.dir/src/list.cpp.o",
            "ninja: build stopped: subcommand failed.",
            "/home/dev/app/src/a.cpp:7:3: warning: unused variable 'n' [-Wunused-variable]",
        ],
        (1..<70).map { "[\($0)/90] Building CXX object CMakeFiles/app.dir/src/part_\($0).cpp.o" }
            + [
                "[70/90] Building CXX object CMakeFiles/app.dir/src/a.cpp.o",
                "/home/dev/app/src/a.cpp:7:3: warning: unused variable 'n' [-Wunused-variable]", "    7 |   int n = 0;",
                "      |   ^",
                "[71/90] Building CXX object CMakeFiles/app.dir/src/list.cpp.o",
                "FAILED: CMakeFiles/app.dir/src/list.cpp.o",
                "/usr/bin/c++ -DAPP -I/home/dev/app/include -O2 -std=c++20 -o CMakeFiles/app.dir/src/list.cpp.o -c /home/dev/app/src/list.cpp",
                "/home/dev/app/src/list.cpp: In function 'int main()':",
                "/home/dev/app/src/list.cpp:40:9: error: 'rows' was not declared in this scope",
                "   40 |   send(rows);", "      |        ^~~~",
                "ninja: build stopped: subcommand failed.",
            ]
    )

    static let findLong = OtherTool(
        "find",
        command: "find . -name '*.swift'",
        least: 40,
        facts: ["find: './private': Permission denied", "Cart.swift", "part_39.swift"],
        (0..<40).map { "./Services/shop/Sources/Checkout/Payment/part_\($0).swift" }
            + ["./Services/shop/Sources/Cart.swift", "find: './private': Permission denied"]
    )

    static let typescript = OtherTool(
        "tsc",
        command: "npx tsc --noEmit",
        least: 55,
        facts: [
            "src/shop/checkout/cart.ts(14,7): error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
            "src/mail.ts(3,22): error TS7006: Parameter 'row' implicitly has an 'any' type.",
            "Types of property 'id' are incompatible.",
            "Found 41 errors in 2 files.", "src/shop/checkout/cart.ts(29,7)", "src/shop/checkout/cart.ts(209,7)",
        ],
        (0..<40).flatMap { number in
            [
                "src/shop/checkout/cart.ts(\(number * 5 + 14),7): error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'."
            ] + (number == 3 ? ["  Types of property 'id' are incompatible."] : [])
        } + [
            "src/mail.ts(3,22): error TS7006: Parameter 'row' implicitly has an 'any' type.", "",
            "Found 41 errors in 2 files.",
        ]
    )
}

extension String {
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
