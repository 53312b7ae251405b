import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What the console tools of Kafka do, with the client that they are made of. */
public class Client {
    public static void main(String[] args) throws Exception {
        var settings = new Properties();
        settings.put("bootstrap.servers", args[0]);
        try (var admin = Admin.create(settings)) {
            admin.createTopics(List.of(new NewTopic("java", 3, (short) 1))).all().get();
            System.out.println("listed " + admin.listTopics().names().get().contains("java"));
            System.out.println("partitions " + admin.describeTopics(List.of("java")).allTopicNames().get().get("java").partitions().size());
        }
        settings.put("acks", "all");
        settings.put("enable.idempotence", "true");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 500; i++) {
                producer.send(new ProducerRecord<>("java", "key " + i, "value " + i));
            }
        }
        settings.put("group.id", "java");
        settings.put("auto.offset.reset", "earliest");
        var values = new ArrayList<String>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("java"));
            while (values.size() < 500) {
                consumer.poll(Duration.ofSeconds(1)).forEach(r -> values.add(r.value()));
            }
            consumer.commitSync();
        }
        System.out.println("consumed " + values.stream().distinct().count());
        try (var admin = Admin.create(settings)) {
            long committed = admin.listConsumerGroupOffsets("java").partitionsToOffsetAndMetadata().get().values().stream().mapToLong(o -> o.offset()).sum();
            System.out.println("committed " + committed);
        }
    }
}
