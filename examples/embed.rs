//! A whole Kafka broker inside of a program: on a free port, until Ctrl-C.

use std::io::{Write, stdout};

use kop_server::Server;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let data = std::env::temp_dir().join("kop-embedded");
    let server = Server::builder()
        .listeners("127.0.0.1:0")
        .data_dir(&data)
        .set("http.listener", "")
        .set("num.partitions", "3")
        .start()
        .await?;
    for (name, address) in server.local_addrs() {
        writeln!(stdout(), "{name}: kcat -b {address} -L")?;
    }
    tokio::signal::ctrl_c().await?;
    server.shutdown().await?;
    writeln!(stdout(), "the data stays in {}", data.display())?;
    Ok(())
}
