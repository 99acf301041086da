#!/bin/sh
# Fetches a Kafka broker from Maven Central into dist/kafka (46 MB), where test/rigs/kafka-broker.ts starts it.
# Needs: Debian's default-jre-headless and maven.
# Usage: .ci/install-kafka.sh
set -eu
cd "$(dirname "$0")/.."
target=$PWD/dist/kafka
[ ! -d "$target" ] || exit 0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/pom.xml" <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>edgemlsim</groupId>
  <artifactId>kafka-rig</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>3.9.1</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-reload4j</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
END
mvn -q -B -f "$folder/pom.xml" dependency:copy-dependencies -DoutputDirectory="$folder/libs" -DincludeScope=runtime
mkdir -p dist
mv "$folder/libs" "$target"
